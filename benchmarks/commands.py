"""How long the commands that people type all day take, from a cold interpreter.

    python benchmarks/commands.py

The peer is `python -c pass` with the same interpreter: what no Python program can go below.
"""

from __future__ import annotations

import subprocess
import sys

from racks import median, rack, table

ROUNDS = 15


def main() -> None:
    floor = median(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), ROUNDS)
    with rack() as it:
        it.run("up", "--detach")
        shown = median(lambda: it.run("--help"), ROUNDS)
        status = median(lambda: it.run("status"), ROUNDS)
        plan = median(lambda: it.run("plan"), ROUNDS)
    rows = [
        ("python -c pass", f"{floor * 1000:.0f} ms", ""),
        (
            "rackhouse --help",
            f"{shown * 1000:.0f} ms",
            f"goal: 150 ms; {shown / floor:.1f} x floor",
        ),
        (
            "rackhouse status",
            f"{status * 1000:.0f} ms",
            f"goal: 300 ms; {status / floor:.1f} x floor",
        ),
        ("rackhouse plan", f"{plan * 1000:.0f} ms", f"{plan / floor:.1f} x floor"),
    ]
    table(rows, (f"median of {ROUNDS}", "measured", ""))


if __name__ == "__main__":
    main()
