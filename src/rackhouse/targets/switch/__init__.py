"""The target `switch.<name>`: the sockets of a managed switch, over SSH (ADR 0016).

    target      one moment's changes together, on trial      speech      what a system understands
    trial       what is armed before, and disarmed after     openvswitch Open vSwitch's words
    line        connections, and commands on them            routeros    MikroTik's; never run

A switch has no room for stamps: the store has them, and what each socket was before it was ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.switch.line import Line
from rackhouse.targets.switch.openvswitch import OpenVSwitch
from rackhouse.targets.switch.target import Switch
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Connection

__all__ = ["Switch", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,  # noqa: ARG001  the store is the rack's
    paths: Paths,  # noqa: ARG001  it writes no file here
    store: Store,
) -> Switch:
    """The Open vSwitch at `address` (keys: `Address.parse`). Connects when it is first asked."""
    to = Address.parse(address)

    async def connect() -> Connection:
        from rackhouse.transport import ssh

        return await ssh.connect(to)

    line = Line(connect, sudo=to.sudo)
    return Switch(name, line, OpenVSwitch(), store=store, fingerprint=Fingerprint(store))
