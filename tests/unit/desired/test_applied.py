"""What is wanted, applied to the world in memory by the real apply, is then what is there."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from rackhouse.app.model import App
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Silent
from rackhouse.apply.world import World
from rackhouse.desired import desired
from rackhouse.desired.facts import Facts
from rackhouse.plan.planner import plan
from rackhouse.rack.load import load
from rackhouse.resources.place import Wanted
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import MemoryWorld
from unit.desired.applications import applications, next_release
from unit.desired.scenario import TOOLS

slow = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=12)


class Rack:
    """One rack in memory, to which files are applied one after another."""

    def __init__(self, lock: Path) -> None:
        self.things, self.store, self.lock = MemoryWorld(), MemoryStore(), lock

    def apply(self, apps: Sequence[App]) -> Wanted:
        """Make it what the files say, and see that nothing is left to do."""
        wanted = desired(load(""), apps, Facts(tools=TOOLS))
        asyncio.run(self._apply(wanted))
        return wanted

    async def _apply(self, wanted: Wanted) -> None:
        world = World(wanted, self.store, self.things.open_place)
        clock = itertools.count(1.0)
        order = Apply(
            who="ada",
            what="test",
            confirm=lambda _: True,
            observer=Silent(),
            now=lambda: next(clock),
        )
        outcome = await converge(world, order, rack="home", lock=self.lock)
        assert outcome.ok, outcome
        assert plan(wanted.resources, await world.look()).steps == ()
        await world.close()


@pytest.fixture(scope="module")
def lock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("applied") / "lock"


@slow
@given(applications())
def test_any_files_can_be_applied_and_then_nothing_is_left_to_do(
    lock: Path, apps: list[App]
) -> None:
    rack = Rack(lock)
    wanted = rack.apply(apps)
    assert rack.things.things.keys() == wanted.resources.keys()


@slow
@given(applications())
def test_new_releases_replace_the_old_and_touch_no_data(lock: Path, apps: list[App]) -> None:
    rack = Rack(lock)
    first = rack.apply(apps)
    rack.things.log.clear()
    second = rack.apply([next_release(app) for app in apps])
    assert rack.things.things.keys() == second.resources.keys()
    touched = {line.split(" ", 1)[1] for line in rack.things.log}
    assert not touched & {str(id) for id, each in first.resources.items() if each.keep}
