"""The last matrix: read as it was written, told as it is, and gone with the twin."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from rackhouse.cli.twin import matrix_lines
from rackhouse.desired.network.matrix import expected
from rackhouse.rack.load import load
from rackhouse.rack.rules.wiring import OUTSIDE
from rackhouse.twin.home import Home
from rackhouse.twin.last_matrix import Matrix, as_json, keep, last, places
from rackhouse.twin.matrix import Cell, ports_of
from rackhouse.twin.plan import complete, layout
from rackhouse.twin.switch.model import Kind

EXAMPLE = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"
RACK = complete(load(EXAMPLE.read_text()))
CELLS = tuple(
    Cell(
        source=source,
        target=target,
        port=port,
        expected=opens,
        found="open" if opens else "dropped",
    )
    for (source, target, port), opens in sorted(expected(RACK, ports_of(RACK)).items())
)
MATRIX = Matrix(
    rack="home",
    at=1_790_000_000.5,
    seconds=1.625,
    switch=Kind.PLAIN,
    places=places(layout(RACK)),
    findings=("pi-1 has no cable",),
    cells=(replace(CELLS[0], found="unreachable" if CELLS[0].expected else "open"), *CELLS[1:]),
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert last(home) is None
    home.folder.mkdir()
    assert last(home) is None
    keep(home, MATRIX)
    assert last(home) == MATRIX


def test_programs_are_told_what_it_was_measured_on_and_what_that_does_not_show() -> None:
    told = json.loads(as_json(MATRIX))
    assert (told["tried"], told["wrong"]) == (len(CELLS), 1)
    assert "switch configuration not tested" in told["tested"]
    assert [cell["right"] for cell in told["cells"]] == [False, *[True] * (len(CELLS) - 1)]
    assert {cell["source"] for cell in told["cells"]} == set(told["places"])


def test_every_machine_and_the_internet_has_its_place() -> None:
    where = places(layout(RACK))
    assert (where["pi-1"], where["forge"], where[OUTSIDE]) == ("cluster", "gpu", OUTSIDE)


def test_people_are_told_the_sign_the_count_and_the_cause() -> None:
    lines = list(matrix_lines(MATRIX))
    assert lines[-1] == "pi-1 has no cable"
    assert lines[-2].endswith("1 are not what the rack file says")
    signs = [sign for line in lines for sign in line.split() if sign in {"NO!", "OPEN!"}]
    assert len(signs) == 1
