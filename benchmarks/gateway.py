"""The gateway beside LiteLLM's proxy: what each adds between a load and a scripted upstream.

    python benchmarks/gateway.py [--quick] [--alone]

Ours with keys, budgets, rates, prices, log and metrics on, over a real PostgreSQL and Valkey; the
peer with a key alone (`gateway/ways.py`). Each has core 0 in its turn; load, upstream and stores
share core 1. `straight` is the load against the upstream itself: what the load can do at most;
`bytes copied` says how much of what is added at a given rate is the machine's own. A stream's first
word comes after 10 ms and another every 2 ms. `--quick` is a look that takes a minute; `--alone`
leaves the peer out. Its environment is made at first use, in .cache/peers.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from gateway import ways
from gateway.run import paced, report, rounds
from gateway.serving import resident
from racks import table

FIRST, GAP = 0.010, 0.002


def main(*words: str) -> None:
    """Measure, and print the tables."""
    many, seconds = (1, 1.5) if "--quick" in words else (3, 5.0)
    why = "left out" if "--alone" in words else ways.have_peer()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rackhouse-bench-")))
        url = stack.enter_context(ways.upstream(folder, FIRST, GAP))
        told = stack.enter_context(ways.stores(folder))
        asked = [
            straight := ways.Way("straight", url),
            ours := stack.enter_context(ways.ours(folder, url, told)),
            *(() if why else (stack.enter_context(ways.litellm(folder, url)),)),
        ]
        fresh = {way.name: resident(way.process) for way in asked if way.process}
        report(rounds(asked, many, seconds), asked)
        relay = stack.enter_context(ways.relay(folder, url))
        paced([straight, relay, ours], many, seconds)
        print()
        table(
            [
                (way.name, f"{fresh[way.name]:.0f} MB", f"{resident(way.process):.0f} MB")
                for way in asked
                if way.process
            ],
            ("memory", "fresh", "after"),
        )
    if why:
        print(f"LiteLLM's proxy was not measured: {why}")


if __name__ == "__main__":
    main(*sys.argv[1:])
