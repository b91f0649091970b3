"""What the commands of the twin share, and what they say that is more than a line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.rack.model import Rack
    from rackhouse.twin.home import Home
    from rackhouse.twin.last_matrix import Matrix
    from rackhouse.twin.state import State
    from rackhouse.twin.status import Box

_SIGNS = {(True, True): "yes", (False, True): "-", (True, False): "NO!", (False, False): "OPEN!"}


def home_of(context: Context) -> Home:
    """Where this rack's twin lives. Makes nothing."""
    from rackhouse.twin.home import Home

    return Home(context.root.absolute())


def rack_of(context: Context) -> Rack:
    """The rack file's rack, without opening its store."""
    from rackhouse.apply.open import read_rack

    return read_rack(context.rack_file)


def open_twin(context: Context) -> tuple[Home, State]:
    """The twin that is up, as root of it. Missing when there is none."""
    from rackhouse.cli.twin_root import as_root
    from rackhouse.twin.state import load

    as_root(context)
    home = home_of(context)
    return home, load(home)


def status_lines(state: State, boxes: Sequence[Box]) -> Iterator[str]:
    """One line for each node."""
    yield f"switch: {state.switch.words}"
    wide = max(len(box.name) for box in boxes)
    for box in boxes:
        faults = [
            word
            for word, is_so in (
                ("no power", not box.power),
                ("no cable", not box.cable),
                ("degraded", box.degraded),
            )
            if is_so
        ]
        words = ", ".join(faults) or ("up, systemd" if box.systemd else "up")
        place = f"port {box.port:<3} VLAN {box.vlan:<5}"
        yield f"{box.name:<{wide}}  {box.address:<15}  {place} {words}"


def status_json(state: State, boxes: Sequence[Box]) -> str:
    """The same, for programs."""
    rows = [dataclasses.asdict(box) for box in boxes]
    return json.dumps({"rack": state.layout.rack, "switch": state.switch, "nodes": rows}, indent=2)


def matrix_lines(matrix: Matrix) -> Iterator[str]:
    """A table for each port: who (rows) reaches whom (columns); what it looks like."""
    names = sorted({cell.source for cell in matrix.cells})
    found = {(c.source, c.target, c.port): _SIGNS[c.expected, c.right] for c in matrix.cells}
    wide = max(len(name) for name in names)
    columns = [max(len(name), 5) for name in names]
    for port in sorted({cell.port for cell in matrix.cells}):
        head = "  ".join(f"{name:<{w}}" for name, w in zip(names, columns, strict=True))
        yield f"{port!s:<{wide}}  {head}".rstrip()
        for source in names:
            signs = (found.get((source, target, port), ".") for target in names)
            row = "  ".join(f"{sign:<{w}}" for sign, w in zip(signs, columns, strict=True))
            yield f"{source:<{wide}}  {row}".rstrip()
        yield ""
    how = f"{len(matrix.cells)} tried by {matrix.switch.words}"
    yield f"{how}; {len(matrix.wrong)} are not what the rack file says"
    yield from matrix.findings
