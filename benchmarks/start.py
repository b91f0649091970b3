"""Cold and warm start of a whole rack of parts, and its memory at rest.

    python benchmarks/start.py

Cold: an empty state folder, so certificates, ports, passwords and initdb too. Warm: what was
stopped comes up again. Ready: `up --detach` has returned, every part answers. The peer, the same
parts started raw without Rackhouse, is `parts_start.py`.
"""

from __future__ import annotations

import statistics
import time

from racks import pss, rack, table, timed

ROUNDS = 3


def main() -> None:
    cold, warm = [], []
    for _ in range(ROUNDS):
        with rack() as it:
            cold.append(timed(lambda it=it: it.run("up", "--detach")))  # type: ignore[misc]
            it.run("down")
            warm.append(timed(lambda it=it: it.run("up", "--detach")))  # type: ignore[misc]
            time.sleep(5)
            memory = pss(it.home)
    rows = [
        ("cold start", f"{statistics.median(cold):.2f} s", "goal: 4 s"),
        ("warm start", f"{statistics.median(warm):.2f} s", "goal: 2.5 s"),
        ("memory at rest (PSS)", f"{sum(memory.values()) / 1e6:.0f} MB", "goal: 450 MB"),
        *((f"  {name}", f"{size / 1e6:.0f} MB", "") for name, size in sorted(memory.items())),
    ]
    table(rows, (f"median of {ROUNDS}", "measured", ""))


if __name__ == "__main__":
    main()
