"""A thousand streams at once: is any of them held up for longer than its upstream pauses?

    python benchmarks/gateway_streams.py [STREAMS]

The upstream says twenty pieces, one each 100 ms. The gateway, all on as in `gateway.py`, has core
0; the load, the upstream and the stores share core 1. Of each stream the longest pause between two
pieces counts, straight and through us.
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


def main(streams: int = 1000) -> None:
    """Measure, and print the table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rackhouse-bench-")))
        url = stack.enter_context(ways.upstream(folder, GAP, GAP))
        told = stack.enter_context(ways.stores(folder))
        way = stack.enter_context(ways.ours(folder, url, told))
        assert way.process is not None
        straight = load(ways.Way("straight", url), streams, SECONDS, stream=True)
        before = spent(way.process)
        ours = load(way, streams, SECONDS, stream=True)
        cpu, held = spent(way.process) - before, resident(way.process)
    rows = [
        (
            name,
            f"{said['total']:.0f}",
            f"{said['bad']:.0f}",
            *(f"{said[of] * 1e3:.0f} ms" for of in ("first", "gap", "gap_p99", "gap_most")),
        )
        for name, said in (("straight", straight), ("rackhouse", ours))
    ]
    head = ("way", "streams", "failed", "first piece", "longest pause", "p99", "of all")
    table(rows, head)
    print(f"{streams} at once: {cpu / SECONDS:.2f} cores, {held:.0f} MB")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
