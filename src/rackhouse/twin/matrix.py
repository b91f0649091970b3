"""Every port of every pair, opened with real packets and compared with the rack file.

What differs from the rack file is tried once more, with more patience: a busy machine is no fault.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rackhouse.desired.network.matrix import expected
from rackhouse.desired.network.policy import SSH, Port
from rackhouse.kit.errors import NotReady
from rackhouse.kit.process import open_pipes, run
from rackhouse.rack.model import Rack
from rackhouse.rack.rules.wiring import OUTSIDE
from rackhouse.twin import probe
from rackhouse.twin.cabling import INTERNET_ADDRESS
from rackhouse.twin.home import INTERNET, Home
from rackhouse.twin.plan import complete
from rackhouse.twin.state import State
from rackhouse.twin.tools import inside

_FIRST, _SECOND = 1.2, 4.0  # seconds; a lost SYN is sent again after one
_AT_ONCE = 700  # ports
_UNNAMED = 9999  # a port that no rule names, unless one does
_PROGRAM = (sys.executable, "-IS", str(Path(probe.__file__)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One port of one pair. `found` is open, refused, dropped or unreachable."""

    source: str
    target: str
    port: Port
    expected: bool
    found: str

    @property
    def right(self) -> bool:
        """Whether the packets did what the rack file says."""
        return (self.found == "open") == self.expected


def ports_of(rack: Rack) -> tuple[Port, ...]:
    """Those that a rule names, SSH, and one that none names."""
    openings = {each for reach in rack.network.reach for each in reach.ports if each.number}
    named = {Port(each.protocol, each.number) for each in openings}
    return tuple(sorted({*named, SSH, Port("tcp", _UNNAMED)}))


async def measure(home: Home, state: State, rack: Rack) -> tuple[Cell, ...]:
    """Open every port of every pair of the twin; sorted by source, target, port."""
    rack = complete(rack)
    ports = ports_of(rack)
    boxes = {machine.name: machine.address for machine in state.layout.machines}
    boxes[OUTSIDE] = INTERNET_ADDRESS
    cells = [
        Cell(source=source, target=target, port=port, expected=opens, found="")
        for (source, target, port), opens in expected(rack, ports).items()
        if source in boxes and target in boxes
    ]
    async with _listening(home, boxes, ports):
        first = await _tried(home, boxes, cells, _FIRST)
        again = await _tried(home, boxes, [cell for cell in first if not cell.right], _SECOND)
    found = {_key(cell): cell for cell in (*first, *again)}
    return tuple(found[key] for key in sorted(found))


def _key(cell: Cell) -> tuple[str, str, Port]:
    return cell.source, cell.target, cell.port


def _namespace(home: Home, name: str) -> str:
    return home.namespace(INTERNET if name == OUTSIDE else name)


async def _tried(
    home: Home, boxes: Mapping[str, str], cells: Sequence[Cell], seconds: float
) -> Sequence[Cell]:
    by_source: dict[str, list[Cell]] = {}
    for cell in cells:
        by_source.setdefault(cell.source, []).append(cell)

    async def ask(source: str) -> list[Cell]:
        its = by_source[source]
        targets = [[boxes[cell.target], cell.port.protocol, cell.port.number] for cell in its]
        argv = inside(_namespace(home, source), *_PROGRAM, "open", str(seconds))
        done = await run(argv, input=json.dumps(targets), timeout=seconds + 60)
        if done.code != 0:
            raise NotReady(
                f"cannot try ports from {source}: {done.last}", fix="rackhouse twin status"
            )
        answers = json.loads(done.out)
        return [replace(cell, found=found) for cell, found in zip(its, answers, strict=True)]

    answered: list[Cell] = []
    waves = list(_waves({source: len(its) for source, its in by_source.items()}))
    for wave in waves:
        for its in await asyncio.gather(*(ask(source) for source in wave)):
            answered += its
        if wave is not waves[-1]:
            await asyncio.gather(*(_forget(_namespace(home, name)) for name in boxes))
    return answered


async def _forget(namespace: str) -> None:
    """Who has which MAC address: a kernel remembers 1024 neighbours for all namespaces together."""
    await run(["ip", "-n", namespace, "neigh", "flush", "all"], timeout=30)


def _waves(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Who tries at the same time: as many as a switch in software and two cores keep up with."""
    wave: list[str] = []
    for source in sizes:
        if wave and sum(sizes[each] for each in (*wave, source)) > _AT_ONCE:
            yield wave
            wave = []
        wave.append(source)
    yield wave


@asynccontextmanager
async def _listening(
    home: Home, boxes: Mapping[str, str], ports: Collection[Port]
) -> AsyncIterator[None]:
    """While it lasts, something answers on every port of every box."""
    listeners = []
    try:
        for name, address in boxes.items():
            words = (*_PROGRAM, "listen", address, *map(str, ports))
            argv = inside(_namespace(home, name), *words)
            listeners.append(await open_pipes(argv, env={}, folder=home.folder, buffer=4096))
        for listener in listeners:
            assert listener.stdout is not None
            await listener.stdout.readline()
        yield
    finally:
        for listener in listeners:
            assert listener.stdin is not None
            listener.stdin.close()
        await asyncio.gather(*(listener.wait() for listener in listeners))
