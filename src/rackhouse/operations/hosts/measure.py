"""Measures machines over SSH: sends `there` to their Python, and has what it says judged."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from rackhouse.apply.joined import joined
from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.finding import Finding
from rackhouse.desired.k3s.preflight import preflight
from rackhouse.kit.errors import HostError, Missing, RackhouseError, Unavailable
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Channel, Connection

PATIENCE = 60.0  # seconds: a card that is asked to sync two hundred times
_BOOT = "import sys; n = int(sys.stdin.buffer.readline()); exec(sys.stdin.buffer.read(n))"

Measured = Mapping[str, HostFacts | RackhouseError]


async def measure_all(store: Store, nodes: Iterable[str]) -> Measured:
    """The facts of each, or why it has none; all at once. Missing: one has not joined."""
    known = joined(store)
    for node in (names := sorted(set(nodes))):
        if node not in known:
            raise Missing(f"{node} has not joined", fix=f"rackhouse hosts add {node}")
    found = await asyncio.gather(*(measured_at(Address.parse(known[node])) for node in names))
    return dict(zip(names, found, strict=True))


async def measured_at(address: Address) -> HostFacts | RackhouseError:
    """The facts of the machine at that address, or why it has none."""
    from rackhouse.transport.ssh import connect

    try:
        connection = await connect(address)
        try:
            return await measure(connection, str(address), sudo=address.sudo)
        finally:
            await connection.close()
    except RackhouseError as error:
        return error


def judged(rack: Rack, measured: Measured) -> tuple[Finding, ...]:
    """What speaks against K3s on those that were measured."""
    facts = {node: each for node, each in measured.items() if isinstance(each, HostFacts)}
    return preflight(rack, Known(hosts=facts))


async def measure(connection: Connection, where: str, *, sudo: bool) -> HostFacts:
    """The facts of a machine that has been reached. HostError: it has no Python, or no sudo."""
    argv = ("python3", "-c", _BOOT)
    channel = await connection.open(("sudo", "-n", "--", *argv) if sudo else argv)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _listen(channel)
    except TimeoutError:
        raise Unavailable(f"did not answer within {PATIENCE:.0f} s", where=where) from None
    except EOFError:
        said = (await channel.ended()).err
        last = said.splitlines()[-1] if said else "it said nothing"
        fix = "it needs python3, and an account that may use sudo without a password"
        raise HostError(f"cannot be measured: {last}", where=where, fix=fix) from None
    finally:
        await channel.close()


async def _listen(channel: Channel) -> HostFacts:
    program = resources.files(__package__).joinpath("there.py").read_bytes()
    asked = time.time()
    await channel.write(b"%d\n" % len(program) + program)
    theirs = float(await _value(channel))
    ours = (asked + time.time()) / 2  # their Python starts meanwhile: good to some tenths
    return HostFacts.of({**await _value(channel), "clock_offset": theirs - ours})


async def _value(channel: Channel) -> Any:
    size = int(await channel.read(10))
    return ast.literal_eval((await channel.read(size)).decode())
