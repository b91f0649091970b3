"""How long a twin takes: the reference rack, and one of forty nodes. Needs root.

Goals: up in under 5 s and down in under 1 s; forty nodes up in under 10 s.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

from rackhouse.rack.load import load
from rackhouse.rack.model import Rack, Switch
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down, up
from rackhouse.twin.matrix import measure
from rackhouse.twin.rootfs import find

EXAMPLE = Path(__file__).parents[1] / "examples" / "racks" / "home.yaml"
RUNS = 3


def main() -> None:
    """Both racks."""
    root = find()
    if root is None:
        print("twin: needs a root file system: sudo rackhouse twin root")
        return
    reference = load(EXAMPLE.read_text())
    times = [once(reference, root, measured=True) for _ in range(RUNS)]
    show("reference rack", ("up", "matrix", "down"), times)
    times = [once(many(reference, 40), root, measured=False) for _ in range(RUNS)]
    show("forty nodes", ("up", "", "down"), times)


def show(name: str, words: tuple[str, ...], times: list[tuple[float, ...]]) -> None:
    """The median of some runs, and the slowest."""
    for word, column in zip(words, zip(*times, strict=True), strict=True):
        if word:
            print(f"{name:<15} {word:<7} {statistics.median(column):5.2f} s  ({max(column):.2f} s)")


def once(rack: Rack, root: Path, *, measured: bool) -> tuple[float, ...]:
    """Seconds for up, matrix and down."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        marks = [time.perf_counter()]
        try:
            state = up(home, rack, root)
            marks.append(time.perf_counter())
            if measured:
                assert all(cell.right for cell in asyncio.run(measure(home, state, rack)))
            marks.append(time.perf_counter())
        finally:
            down(home)
        marks.append(time.perf_counter())
    return tuple(after - before for before, after in itertools.pairwise(marks))


def many(rack: Rack, count: int) -> Rack:
    """The rack with more agents, so that it has `count` nodes."""
    (agent,) = (node for node in rack.nodes if node.name == "pi-4")
    more = tuple(
        replace(agent, name=f"more-{n}", port=0, address=IPv4Address(f"10.20.20.{100 + n}"))
        for n in range(count - len(rack.nodes))
    )
    network = replace(rack.network, switch=Switch(ports=48, uplink=16))
    return replace(rack, nodes=(*rack.nodes, *more), network=network)


if __name__ == "__main__":
    main()
