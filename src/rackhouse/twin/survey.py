"""A matrix measured, explained and kept: what `rackhouse twin matrix` does."""

from __future__ import annotations

import time

from rackhouse.rack.model import Rack
from rackhouse.twin.home import Home
from rackhouse.twin.last_matrix import Matrix, keep, places
from rackhouse.twin.matrix import measure
from rackhouse.twin.state import State
from rackhouse.twin.status import boxes
from rackhouse.twin.verdict import explain


async def survey(home: Home, state: State, rack: Rack) -> Matrix:
    """Open every port of every pair, say what it looks like, and keep it as the last matrix."""
    began = time.monotonic()
    cells = await measure(home, state, rack)
    matrix = Matrix(
        rack=state.layout.rack,
        at=time.time(),
        seconds=round(time.monotonic() - began, 3),
        switch=state.switch,
        places=places(state.layout),
        findings=explain(state.layout, cells, boxes(home, state)),
        cells=cells,
    )
    keep(home, matrix)
    return matrix
