"""Cold and warm start of the embedded parts without Rackhouse, all at once, and their memory.

    python benchmarks/parts_start.py

The peer of `start.py`: the same programs with the same flags (rendered from `desired.embedded`),
started from this script. Cold: empty folders, so initdb too. Killed: after kill -9 of all of them.
Ready is what their probes say; `tests/integration/parts` shows that writes work from then on.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from racks import table, timed

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from integration.parts.conftest import sweep
from integration.parts.starter import World, tools
from rackhouse.desired.embedded.cache import cache
from rackhouse.desired.embedded.ingress import ingress
from rackhouse.desired.embedded.objects import objects
from rackhouse.desired.embedded.postgres import postgres
from rackhouse.rack.model import Rack

ROUNDS = 3


def memory(world: World) -> dict[str, int]:
    """Proportional set size of each part and its children, in bytes."""
    sizes = {}
    for name, running in world.processes.items():
        process = psutil.Process(running.pid)
        family = [process, *process.children(recursive=True)]
        sizes[name] = sum(each.memory_full_info().pss for each in family)
    return sizes


def main() -> None:
    times: dict[str, list[float]] = {"cold": [], "warm": [], "killed": [], "stop": []}
    rack, found = Rack(), tools()
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            parts = tuple(make(rack, found) for make in (postgres, cache, objects, ingress))
            began = time.perf_counter()
            world = World(Path(folder), parts)
            try:
                world.start()
                times["cold"].append(time.perf_counter() - began)
                times["stop"].append(timed(world.stop))
                times["warm"].append(timed(world.start))
                time.sleep(5)
                sizes = memory(world)
                for running in world.processes.values():
                    running.kill()
                times["killed"].append(timed(world.start))
            finally:
                world.stop()
                sweep(world)
    rows = [
        (name, f"{statistics.median(each):.2f} s", f"{min(each):.2f} to {max(each):.2f} s")
        for name, each in times.items()
    ]
    rows.append(("memory at rest (PSS)", f"{sum(sizes.values()) / 1e6:.0f} MB", ""))
    rows += [(f"  {name}", f"{size / 1e6:.0f} MB", "") for name, size in sorted(sizes.items())]
    table(rows, (f"raw parts, {ROUNDS} rounds", "median", "range"))


if __name__ == "__main__":
    main()
