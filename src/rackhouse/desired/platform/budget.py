"""What the platform of a cluster asks for, component by component, and whether there is room. Pure.

Requests are what the scheduler counts with: a figure of the table or of the rack file, and never a
measurement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rackhouse.desired.platform import table
from rackhouse.desired.platform.copied import copied
from rackhouse.desired.platform.table import MI, Component, Image
from rackhouse.desired.platform.wanted import nodes, shares
from rackhouse.rack.capacity import SYSTEM, Asked, unplaced
from rackhouse.rack.model import Postgres, Rack


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One component. `memory` (bytes) and `cpu` (thousandths) of one of its `copies`; `images` that
    they are of.
    """

    component: Component
    copies: int
    memory: int
    cpu: int
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """All of one cluster. `room` is what its nodes have beside the system, 0 where none is known.

    `unplaced` are components for which no node has room.
    """

    lines: tuple[Line, ...]
    room: int
    unplaced: tuple[str, ...]

    @property
    def memory(self) -> int:
        """Bytes, of all copies."""
        return sum(it.memory * it.copies for it in self.lines)

    @property
    def cpu(self) -> int:
        """Thousandths of a core, of all copies."""
        return sum(it.cpu * it.copies for it in self.lines)


def budget(rack: Rack, cluster: str) -> Budget:
    """What the platform comes to there."""
    lines = tuple(_lines(rack, cluster))
    there = [node for node in nodes(rack, cluster) if node.memory]
    asked = [
        Asked(name=it.component.name, memory=it.memory) for it in lines for _ in range(it.copies)
    ]
    return Budget(
        lines=lines,
        room=sum(max(node.memory - SYSTEM, 0) for node in there),
        unplaced=unplaced(there, asked) if there else (),
    )


def postgres_memory(said: Postgres) -> int:
    """The limit of an instance: shared buffers, some MiB for each client, and room to sort in. Half
    of it is requested.
    """
    return max(512 * MI, said.memory * 3 + said.connections * 4 * MI)


def _lines(rack: Rack, cluster: str) -> Iterator[Line]:
    for share in shares(rack, cluster):
        it = share.component
        memory, cpu = it.memory, it.cpu
        if it is table.POSTGRES and rack.data.postgres:
            memory = postgres_memory(rack.data.postgres) // 2
            if copied(rack, cluster):
                memory, cpu = memory + table.COPYING.memory, cpu + table.COPYING.cpu
        yield Line(component=it, copies=share.copies, memory=memory, cpu=cpu, images=share.images)
