"""Fifteen things on ten machines over SSH: Rackhouse, pyinfra and Ansible, to the same end state.

sudo python benchmarks/provision.py [PEERS]

PEERS is a virtual environment with `pyinfra` and `ansible-core`; without it, we run alone.
The machines are a twin of a rack (`rackhouse twin root` first; RACKHOUSE_ROOTFS names another root
file system), made anew before each cold run. Each engine runs as a process of its own, its start
and imports counted, at the same desk of that twin, with the same key, all machines at once. What
each left behind is read back from every machine and has to be the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median

from provisioning import ours, peers
from provisioning.things import AGREED, Fleet, Work
from rackhouse.kit.errors import RackhouseError
from rackhouse.rack.load import load
from rackhouse.twin import disk, lifecycle, rootfs
from rackhouse.twin.home import Home
from rackhouse.twin.node import enter, environment
from rackhouse.twin.tools import inside
from racks import table, timed

ROUNDS = 3
NODES = [f"node-{n:02}" for n in range(1, 11)]
RACK = """
rack: bench
network:
  switch: {name: sw, ports: 24, uplink: 24}
  vlans: {lan: {id: 10, subnet: 10.77.10.0/24}}
nodes:
  desk: {role: dev, address: 10.77.10.9, port: 20}
""" + "".join(
    f"  {name}: {{role: dev, address: 10.77.10.{n}, port: {n - 10}}}\n"
    for n, name in enumerate(NODES, 11)
)


@contextmanager
def fleet() -> Iterator[tuple[Fleet, Callable[[], dict[str, str]]]]:
    """Ten fresh machines, and what reads their end state."""
    with tempfile.TemporaryDirectory(prefix="rackhouse-bench-") as folder:
        home, rack = Home(Path(folder)), load(RACK, "rack.yaml")
        state = lifecycle.up(home, rack, rootfs.require())
        try:
            addresses = {name: state.layout.machine(name).address for name in NODES}
            keys = {name: disk.host_key(home.node(name)) for name in NODES}
            desk = inside(home.namespace("desk"))
            made = Fleet(Path(folder), addresses, keys, disk.USER, home.key, tuple(desk))

            def read() -> dict[str, str]:
                return {name: _said(enter(home, name, ["sh", "-c", AGREED])) for name in NODES}

            yield made, read
        finally:
            lifecycle.down(home)


def _said(argv: list[str]) -> str:
    done = subprocess.run(argv, env=environment(), capture_output=True, text=True, check=True)
    return done.stdout


def _run(fleet: Fleet, work: Work) -> float:
    def go() -> None:
        argv = [*fleet.desk, *work.argv]
        env = {**os.environ, **work.env}
        done = subprocess.run(
            argv, cwd=fleet.folder, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{argv[-3:]} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")

    return timed(go)


def main() -> None:
    """Print the table: medians, and how many times ours each peer takes."""
    engines: dict[str, Callable[[Fleet], Work]] = {"rackhouse": ours.prepare}
    if len(sys.argv) > 1:
        found = Path(sys.argv[1]).absolute()
        engines["pyinfra"] = partial(peers.pyinfra, peers=found)
        engines["ansible"] = partial(peers.ansible, peers=found)
    cold: dict[str, list[float]] = {}
    warm: dict[str, list[float]] = {}
    ends: dict[str, dict[str, str]] = {}
    for _ in range(ROUNDS):
        for name, prepare in engines.items():
            with fleet() as (machines, read):
                work = prepare(machines)
                cold.setdefault(name, []).append(_run(machines, work))
                warm.setdefault(name, []).append(_run(machines, work))
                ends[name] = read()
    different = [name for name, end in ends.items() if end != ends["rackhouse"]]
    if different or len(set(ends["rackhouse"].values())) != 1:
        first = {name: end[NODES[0]] for name, end in ends.items()}
        raise SystemExit(f"not the same end state: {different}\n{json.dumps(first, indent=1)}")
    base = median(cold["rackhouse"]), median(warm["rackhouse"])
    rows = [
        (
            name,
            f"{median(cold[name]):.2f} s",
            f"{median(cold[name]) / base[0]:.1f}",
            f"{median(warm[name]):.2f} s",
            f"{median(warm[name]) / base[1]:.1f}",
        )
        for name in cold
    ]
    table(rows, ("engine", "cold", "times ours", "nothing to do", "times ours"))


if __name__ == "__main__":
    try:
        main()
    except RackhouseError as lacking:
        print(f"not measured: {lacking}")
