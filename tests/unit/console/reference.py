"""The reference rack for the console's pages, and a matrix of its twin as a good or a bad day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rackhouse.desired.network.matrix import expected
from rackhouse.rack.load import load
from rackhouse.twin.home import Home
from rackhouse.twin.last_matrix import Matrix, keep, places
from rackhouse.twin.matrix import Cell, ports_of
from rackhouse.twin.plan import complete, layout
from rackhouse.twin.switch.model import Kind
from unit.console.house import NOW

FILE = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"
HOME = load(FILE.read_text())


def matrix(found: Callable[[Cell], str] | None = None, *findings: str) -> Matrix:
    """What packets find on the reference rack's twin; `found` changes single cells."""
    rack = complete(HOME)
    cells = [
        Cell(source=source, target=target, port=port, expected=opens, found="")
        for (source, target, port), opens in sorted(expected(rack, ports_of(rack)).items())
    ]
    right = [replace(cell, found="open" if cell.expected else "dropped") for cell in cells]
    return Matrix(
        rack="home",
        at=NOW - 420,
        seconds=1.6,
        switch=Kind.OPENVSWITCH,
        places=places(layout(rack)),
        findings=findings,
        cells=tuple(replace(cell, found=found(cell)) if found else cell for cell in right),
    )


def cut_off(cell: Cell) -> str:
    """A desk that reaches no GPU machine."""
    return "dropped" if (cell.source, cell.target) == ("desk", "forge") else cell.found


def measured(root: Path, matrix: Matrix) -> None:
    """As if `rackhouse twin matrix` had just ended."""
    home = Home(root)
    home.folder.mkdir(exist_ok=True)
    keep(home, matrix)
