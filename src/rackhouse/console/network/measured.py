"""What packets last found on the rack's twin, held against the rack file as it is now.

Reads what `rackhouse twin matrix` kept. Sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rackhouse.console.network.chart import Chart, Kind, Pair
from rackhouse.desired.network.policy import Port
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.paths import Paths
from rackhouse.twin.holder import enter
from rackhouse.twin.home import Home
from rackhouse.twin.last_matrix import Matrix, last
from rackhouse.twin.matrix import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was found between two places, and which of it is otherwise than the rack file says."""

    cells: tuple[Cell, ...] = ()
    wrong: tuple[Cell, ...] = ()

    @property
    def open(self) -> tuple[Port, ...]:
        """The ports that answered, on any of the machines."""
        return tuple(sorted({cell.port for cell in self.cells if cell.found == "open"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A matrix by pairs. `outdated`: of another rack file; `stands`: the twin is still up."""

    matrix: Matrix
    tried: Mapping[str, Tried]  # by the pair's key
    outdated: bool
    stands: bool

    @property
    def wrong(self) -> Sequence[Cell]:
        """Every cell that is otherwise than the rack file says now."""
        return [cell for tried in self.tried.values() for cell in tried.wrong]

    @property
    def count(self) -> int:
        """How many were tried, of those that the rack file still knows."""
        return sum(len(tried.cells) for tried in self.tried.values())

    def of(self, pair: Pair) -> Tried:
        """What was found of that pair; nothing where nothing was tried."""
        return self.tried.get(pair.key, Tried())


def read(paths: Paths) -> tuple[Matrix | None, str]:
    """The last matrix, and why it cannot be read where it is there and cannot be."""
    try:
        return last(Home(paths.root)), ""
    except RackhouseError as error:
        return None, str(error).partition("\n")[0]
    except (ValueError, KeyError, TypeError):  # cut off by a power cut, or of another version
        return None, "what was measured last cannot be read"


def stands(paths: Paths) -> bool:
    """Whether the twin is up: a machine that was started anew has its files, and nothing else. One
    that was made without root is held by a process, and its namespaces are not to be seen here.
    """
    return bool(Home(paths.root).namespaces() or enter(paths.root))


def measured(chart: Chart, matrix: Matrix, *, stands: bool) -> Measured:
    """That matrix, held against that chart."""
    pairs, where = chart.by_key, dict(_where(chart, matrix))
    found: dict[str, list[Cell]] = {}
    outdated = False
    for cell in matrix.cells:
        pair = pairs.get((where.get(cell.source, ""), where.get(cell.target, "")))
        outdated = outdated or pair is None or pair.allows(cell.port) != cell.expected
        if pair:
            found.setdefault(pair.key, []).append(cell)
    by_key = {pair.key: pair for pair in chart.pairs}
    tried = {key: _tried(by_key[key], cells) for key, cells in found.items()}
    return Measured(matrix=matrix, tried=tried, outdated=outdated, stands=stands)


def _tried(pair: Pair, cells: Sequence[Cell]) -> Tried:
    wrong = [cell for cell in cells if (cell.found == "open") != pair.allows(cell.port)]
    return Tried(cells=tuple(cells), wrong=tuple(wrong))


def _where(chart: Chart, matrix: Matrix) -> Iterator[tuple[str, str]]:
    """By machine, the key of its place: by the twin for one that the rack file puts nowhere."""
    vlans = {place.name: place.key for place in chart.places if place.kind is Kind.VLAN}
    for machine, name in matrix.places.items():
        if name in vlans:
            yield machine, vlans[name]
    for place in chart.places:
        for machine in place.machines:
            yield machine, place.key
