"""Killed at any moment, SIGKILL and all: the next ensure makes it whole, and nothing is left over.

What is killed is a process of its own (`victim.py`) that makes, changes and removes one of each
kind, with the store in SQLite. The supervisor that it started lives on, as it would.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.machine.victim import open_all
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client
from unit.targets.worlds import EXAMPLES, World, quiet, stamp_for

TESTS = Path(__file__).parents[2]


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[dict[str, World]]:
    root = tmp_path / "state"
    root.mkdir(mode=0o700)
    worlds = open_all(root)
    for example in EXAMPLES:
        if example.id.kind != "packages":  # laid down with its source
            example.prepare(worlds[example.id.target])
    try:
        yield worlds
    finally:
        client.stop(Paths(root), timeout=20)
        worlds["vault"].store.close()


def kill_one(root: Path, after: float) -> None:
    argv = [sys.executable, str(Path(__file__).with_name("victim.py")), str(root)]
    env = os.environ | {"PYTHONPATH": str(TESTS)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=env) as victim:
        assert victim.stdout
        assert victim.stdout.readline() == b"alive\n"
        time.sleep(after)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL


@pytest.mark.parametrize("seed", range(6))
async def test_killed_at_any_moment_the_next_ensure_makes_it_whole(
    worlds: dict[str, World], seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(2):
        kill_one(worlds["machine"].paths.root, chance.uniform(0.01, 1.2))
        for example in EXAMPLES:
            target = worlds[example.id.target].target
            resource = example.resource
            made = await target.ensure(resource, stamp_for(resource), example.values or {}, quiet)
            assert made.ready, made.why
            assert await target.observe({example.id}) == [made]
    for name, world in worlds.items():
        ours = {example.id for example in EXAMPLES if example.id.target == name}
        seen = await world.target.observe(None)
        assert {one.id for one in seen} == ours
        assert all(one.stamp and one.stamp.found == one.found for one in seen)
