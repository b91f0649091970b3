"""A thousand streams at once: is any of them held up for longer than its upstream pauses?

    python benchmarks/gateway_streams.py [STREAMS]

The upstream says twenty pieces, one each 100 ms. The gateway, all on as in `gateway.py`, has core
0; the load, the upstream and the stores share core 1. Of each stream the longest pause between two
pieces counts, straight, through a relay that only copies bytes, and through us.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from gateway import ways
from gateway.run import load
from gateway.serving import resident, spent
from racks import table

GAP, SECONDS = 0.1, 12.0
HEAD = (
    "way",
    "streams",
    "failed",
    "first piece",
    "longest pause",
    "p99",
    "of all",
    "cores",
    "held",
)


def main(streams: int = 1000) -> None:
    """Measure, and print the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rackhouse-bench-")))
        url = stack.enter_context(ways.upstream(folder, GAP, GAP))
        told = stack.enter_context(ways.stores(folder))
        asked = [
            ways.Way("straight", url),
            stack.enter_context(ways.relay(folder, url)),
            stack.enter_context(ways.ours(folder, url, told)),
        ]
        table([_row(way, streams) for way in asked], HEAD)


def _row(way: ways.Way, streams: int) -> tuple[str, ...]:
    before = spent(way.process) if way.process else 0.0
    said = load(way, streams, SECONDS, stream=True)
    times = (f"{said[of] * 1e3:.0f} ms" for of in ("first", "gap", "gap_p99", "gap_most"))
    row = (way.name, f"{said['total']:.0f}", f"{said['bad']:.0f}", *times)
    if way.process is None:
        return (*row, "", "")
    cores = (spent(way.process) - before) / SECONDS
    return (*row, f"{cores:.2f}", f"{resident(way.process):.0f} MB")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
