"""What a cluster needs once in a while: other certificates, and its state saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rackhouse.desired.k3s.layout import service
from rackhouse.desired.k3s.node import PATIENCE
from rackhouse.desired.k3s.paths import COMMAND, SCRIPT
from rackhouse.kit.errors import HostError, NotReady, Refused
from rackhouse.operations.cluster.nodes import nodes
from rackhouse.operations.cluster.reach import Reach
from rackhouse.rack.model import Node

Say = Callable[[str], None]
# A program that is stopped reads no certificate half.
_ROTATE = f'set -e; systemctl stop "$1"; {COMMAND} certificate rotate; systemctl start "$1"'


async def rotate(reach: Reach, say: Say) -> None:
    """Other certificates for each node: one at a time, ready again before the next, servers first.

    The authority that signs them stays, and with it every kubeconfig's trust and every token.
    Refused while a server is not ready: another one that is stopped may take the majority along.
    """
    found = await nodes(reach)
    down = [each.name for each in found if each.role == "server" and not each.ready]
    if down:
        what = f"not ready: {', '.join(down)}; no other server is stopped while that is so"
        raise Refused(what, fix="bring it back, or take it out of the rack file and apply")
    versions = {each.name: each.version for each in found if each.ready}
    for node in reach.nodes:
        if node.name not in versions:
            say(f"{node.name}: is not ready, and left as it is")
            continue
        say(f"{node.name}: stopping, rotating, starting")
        await reach.ask(node.name, ("sh", "-c", _ROTATE, "sh", service(node)), limit=PATIENCE)
        await _ready(reach, node, versions[node.name], say)


async def snapshot(reach: Reach, name: str) -> tuple[str, str]:
    """Save the cluster's state; the server that has it, and what was said about where."""
    return await reach.ask_any((SCRIPT, "save", name), limit=600)


async def _ready(reach: Reach, node: Node, version: str, say: Say) -> None:
    argv = (SCRIPT, "ready", version)
    loop = asyncio.get_running_loop()
    start = told = loop.time()
    while True:
        try:
            await reach.ask(node.name, argv)
        except HostError as error:
            now = loop.time()
            if now - start > PATIENCE:
                fix = f"on that machine: journalctl -u {service(node)}; no other was touched"
                raise NotReady(error.what, where=node.name, fix=fix) from error
            if now - told > 5:
                told = now
                say(f"{node.name}: waiting until it is ready ({now - start:.0f} s)")
            await asyncio.sleep(1)
        else:
            return
