"""The last matrix that was measured on a twin, kept in its folder: gone with the twin.

One shape for programs (`rackhouse twin matrix --json`), for the file, and for the console, which
reads it by `last`. Measures nothing.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.desired.network.policy import Port
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.rack.rules.wiring import OUTSIDE
from rackhouse.twin.home import Home
from rackhouse.twin.matrix import Cell
from rackhouse.twin.plan import Layout
from rackhouse.twin.switch.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Every port of every pair, with what it was measured on and when."""

    rack: str
    at: float  # when it was complete, in seconds since 1970
    seconds: float  # how long it took
    switch: Kind
    places: Mapping[str, str]  # by machine, the name of its VLAN; of the Internet, `internet`
    findings: tuple[str, ...]  # a sentence for each cause of what is wrong
    cells: tuple[Cell, ...]  # by source, target, port

    @property
    def wrong(self) -> tuple[Cell, ...]:
        """Those that differ from the rack file."""
        return tuple(cell for cell in self.cells if not cell.right)


def places(layout: Layout) -> Mapping[str, str]:
    """By machine, the name of its VLAN, in the order of the rack file; then the Internet."""
    names = {gateway.vlan: gateway.name for gateway in layout.gateways}
    return {each.name: names[each.vlan] for each in layout.machines} | {OUTSIDE: OUTSIDE}


def as_json(matrix: Matrix) -> str:
    """For programs: ports as `22/tcp`, `right` for each cell, how many were `tried` and `wrong`."""
    fields = {
        "rack": matrix.rack,
        "at": matrix.at,
        "seconds": matrix.seconds,
        "switch": str(matrix.switch),
        "tested": matrix.switch.words,
        "tried": len(matrix.cells),
        "wrong": len(matrix.wrong),
        "findings": matrix.findings,
        "places": dict(matrix.places),
        "cells": [
            {**dataclasses.asdict(cell), "port": str(cell.port), "right": cell.right}
            for cell in matrix.cells
        ],
    }
    return json.dumps(fields, indent=2)


def keep(home: Home, matrix: Matrix) -> None:
    """Keep it as the last one."""
    write_atomic(_path(home), as_json(matrix), sync=False)


def last(home: Home) -> Matrix | None:
    """The last one; None when there is none, or no twin. HostError when it cannot be read."""
    text = read_text(_path(home))
    if text is None:
        return None
    fields = json.loads(text)
    return Matrix(
        rack=fields["rack"],
        at=fields["at"],
        seconds=fields["seconds"],
        switch=Kind(fields["switch"]),
        places=fields["places"],
        findings=tuple(fields["findings"]),
        cells=tuple(_cells(fields["cells"])),
    )


def _cells(rows: Iterable[Mapping[str, str]]) -> Iterable[Cell]:
    for row in rows:
        number, protocol = row["port"].split("/")
        yield Cell(
            source=row["source"],
            target=row["target"],
            port=Port(protocol, int(number)),
            expected=bool(row["expected"]),
            found=row["found"],
        )


def _path(home: Home) -> Path:
    return home.folder / "matrix.json"
