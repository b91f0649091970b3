"""The gateway's memory over a million requests: does it hold more, the more it has answered?

    python benchmarks/gateway_memory.py [--requests 1000000]

All on, as in `gateway.py`, over a real PostgreSQL and Valkey, 16 connections; every eighth slice of
requests is streams. Prints the resident memory at every tenth of the way, and the slope of a line
through all but the first: what every further million would take.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import linear_regression

from gateway import ways
from gateway.run import load
from gateway.serving import resident
from racks import table

SLICE = 5.0  # seconds of load between two looks


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=1_000_000)
    wanted = parser.parse_args().requests
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rackhouse-bench-")))
        url = stack.enter_context(ways.upstream(folder, 0.001, 0.0))
        told = stack.enter_context(ways.stores(folder))
        way = stack.enter_context(ways.ours(folder, url, told))
        looks = _looks(way, wanted)
    rows = [(f"{done:,}", f"{held:.1f} MB") for done, held in looks]
    table(rows, ("requests", "resident"))
    done, held = zip(*looks[1:], strict=True)
    print(f"slope: {linear_regression(done, held).slope * 1e6:+.2f} MB a million requests")


def _looks(way: ways.Way, wanted: int) -> list[tuple[int, float]]:
    """How many were answered, and MB then, from none to all of them."""
    assert way.process is not None
    began, done, number = time.monotonic(), 0, 0
    looks = [(0, resident(way.process))]
    while done < wanted:
        number += 1
        done += _ask(way, stream=number % 8 == 0)
        if done >= wanted * len(looks) // 10:
            looks.append((done, resident(way.process)))
            passed = time.monotonic() - began
            print(f"{done:,} after {passed:.0f} s: {looks[-1][1]:.1f} MB", flush=True)
    return looks


def _ask(way: ways.Way, stream: bool) -> int:
    said = load(way, 16, SLICE, stream)
    if said["bad"]:
        raise SystemExit(f"{said['bad']:.0f} of {said['total']:.0f} were not answered")
    return int(said["total"])


if __name__ == "__main__":
    main()
