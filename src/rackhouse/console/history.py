"""What units have used over the last minutes: a ring of numbers for each, in memory alone."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from rackhouse.operations.view import UnitView

EVERY = 2.0  # seconds between samples
KEPT = 450  # samples: a quarter of an hour


@dataclass(slots=True)
class _Ring:
    """Memory in bytes and processor use in cores, oldest first. `total`: seconds so far."""

    memory: array[float] = field(default_factory=lambda: array("f"))
    cpu: array[float] = field(default_factory=lambda: array("f"))
    total: float = 0.0
    pid: int = 0


class History:
    """The use of each unit, by its name. A unit that is gone is forgotten."""

    def __init__(self) -> None:
        self._rings: dict[str, _Ring] = {}

    def sample(self, units: Iterable[UnitView], elapsed: float) -> None:
        """One more sample, `elapsed` seconds after the one before."""
        here = {unit.name: unit for unit in units}
        self._rings = {name: self._rings.get(name) or _Ring() for name in here}
        for name, ring in self._rings.items():
            _add(ring, here[name], elapsed)

    def memory(self, names: Iterable[str]) -> list[float]:
        """Bytes that these units used together, oldest first."""
        return _sum(self._rings[name].memory for name in names if name in self._rings)

    def cpu(self, names: Iterable[str]) -> list[float]:
        """Processor cores that these units used together, oldest first: 0.25 is a quarter."""
        return _sum(self._rings[name].cpu for name in names if name in self._rings)


def _add(ring: _Ring, unit: UnitView, elapsed: float) -> None:
    same = ring.pid == unit.pid and elapsed > 0
    ring.memory.append(unit.memory)
    # A unit that was started anew begins to count anew.
    ring.cpu.append(max(0.0, (unit.cpu - ring.total) / elapsed) if same else 0.0)
    ring.total, ring.pid = unit.cpu, unit.pid
    del ring.memory[:-KEPT], ring.cpu[:-KEPT]


def _sum(series: Iterable[array[float]]) -> list[float]:
    """Added up from their ends, since a unit may be younger than another."""
    total: list[float] = []
    for numbers in series:
        longer, shorter = sorted((total, list(numbers)), key=len, reverse=True)
        offset = len(longer) - len(shorter)
        total = [*longer[:offset], *map(sum, zip(longer[offset:], shorter, strict=True))]
    return total
