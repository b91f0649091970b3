"""A whole apply: who is asked, what a place that opens brings, how often it tries, the lock."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rackhouse.apply.converge import ROUNDS
from rackhouse.apply.outcome import Silent
from rackhouse.kit.errors import Locked, StepFailed
from rackhouse.plan.step import Plan, Step
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Result
from rackhouse.targets.memory import MemoryWorld
from unit.apply.worlds import Want, apply_to, applying, id_of, thing, want

POSTGRES, DATABASE = id_of("machine/process/postgres"), id_of("postgres/database/gb")
DOORS = {"postgres": POSTGRES}


class Asked:
    """A person who is shown plans and agrees to the first `times` of them."""

    def __init__(self, times: int = 99) -> None:
        self.times = times
        self.plans: list[str] = []

    def __call__(self, plan: Plan) -> bool:
        self.plans.append(str(plan))
        return len(self.plans) <= self.times


def _rack(version: str = "1", *, database: bool = True) -> Want:
    postgres = thing(str(POSTGRES), version=version)
    if not database:
        return want(postgres)
    return want(postgres, thing(str(DATABASE), needs=[str(POSTGRES)], owner="gb"))


def test_declined_is_nothing_done(tmp_path: Path) -> None:
    world, store, asked = MemoryWorld(), MemoryStore(), Asked(times=0)
    outcome = apply_to(world, _rack(), tmp_path, store=store, confirm=asked, doors=DOORS)
    assert outcome.declined is not None
    assert str(outcome.declined) == asked.plans[0]
    assert not outcome.ok
    assert not outcome.changed
    assert world.things == {}
    assert store.journal() == []
    outcome.raise_for_failure()  # which it is not


def test_nothing_to_do_asks_nobody(tmp_path: Path) -> None:
    world, store, asked = MemoryWorld(), MemoryStore(), Asked()
    apply_to(world, _rack(), tmp_path, store=store, doors=DOORS)
    assert apply_to(world, _rack(), tmp_path, store=store, confirm=asked, doors=DOORS).ok
    assert asked.plans == []
    assert len(store.journal()) == 1


def test_a_place_that_opens_and_only_adds_is_not_asked_about(tmp_path: Path) -> None:
    asked = Asked()
    assert apply_to(MemoryWorld(), _rack(), tmp_path, confirm=asked, doors=DOORS).ok
    assert asked.plans == [
        "+ machine/process/postgres: absent\n+ postgres/database/gb: when postgres opens"
    ]


@pytest.mark.parametrize("agrees", [True, False])
def test_a_place_that_opens_and_has_more_to_remove_is_asked_about_again(
    agrees: bool, tmp_path: Path
) -> None:
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, _rack(), tmp_path, store=store, doors=DOORS)
    # The server has to change first, so nobody can look at what is in it.
    asked, less = Asked(times=2 if agrees else 1), _rack("2", database=False)
    outcome = apply_to(world, less, tmp_path, store=store, confirm=asked, doors=DOORS)
    assert asked.plans == [
        "~ machine/process/postgres: changed in the files",
        "- postgres/database/gb: no longer in the files",
    ]
    assert (outcome.declined is None) == agrees
    assert (DATABASE not in world.things) == agrees


def test_rounds_are_bounded_and_what_is_left_is_said(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()

    class Meddler(Silent):
        """Somebody who changes back whatever is written."""

        def ended(self, step: Step, result: Result, why: str) -> None:
            world.by_hand(step.id)

    it = want(thing("machine/file/contested"))
    outcome = apply_to(world, it, tmp_path, store=store, observer=Meddler())
    assert outcome.left == ("~ machine/file/contested: changed by hand",)
    assert len(store.journal()) == ROUNDS
    with pytest.raises(StepFailed, match="changed by hand"):
        outcome.raise_for_failure()


def test_what_the_last_round_achieved_counts(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()

    class Meddler(Silent):
        """Somebody who gives up just in time."""

        def ended(self, step: Step, result: Result, why: str) -> None:
            if len(store.journal()) < ROUNDS:
                world.by_hand(step.id)

    it = want(thing("machine/file/contested"))
    assert apply_to(world, it, tmp_path, store=store, observer=Meddler()).ok


def test_a_failure_ends_it_after_that_round(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    world.unreachable.add("postgres")  # its process is there, and nobody answers
    outcome = apply_to(world, _rack(), tmp_path, store=store, doors=DOORS)
    assert outcome.failed.keys() == {DATABASE}
    assert len(store.journal()) == 1


def test_what_cannot_be_seen_is_left_and_said(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, _rack(), tmp_path, store=store, doors=DOORS)
    world.unreachable.add("postgres")
    outcome = apply_to(world, _rack(), tmp_path, store=store, doors=DOORS)
    assert outcome.left == ("? postgres: postgres does not answer",)
    with pytest.raises(StepFailed, match="postgres does not answer"):
        outcome.raise_for_failure()


async def test_two_at_once_are_one_too_many(tmp_path: Path) -> None:
    world = MemoryWorld()
    world.stuck.add(POSTGRES)
    first = asyncio.create_task(applying(world, _rack(), tmp_path, doors=DOORS))
    while POSTGRES not in world.things:
        await asyncio.sleep(0)
    with pytest.raises(Locked, match="`test`"):
        await applying(MemoryWorld(), _rack(), tmp_path, doors=DOORS)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    world.stuck.clear()
    assert (await applying(world, _rack(), tmp_path, doors=DOORS)).ok


def test_what_may_be_purged_and_adopted_reaches_the_plan(tmp_path: Path) -> None:
    world = MemoryWorld()
    kept = [thing(f"vault/secret/{n}", keep=True, owner="gb", uid="one") for n in "ab"]
    apply_to(world, want(*kept), tmp_path)
    mine = thing("vault/secret/a", keep=True, owner="gb", uid="two")
    a, b = (each.id for each in kept)
    assert apply_to(world, want(mine), tmp_path, adopt=frozenset({a}), purge=frozenset({b})).ok
    assert world.things.keys() == {a}
    stamp = world.things[a].stamp
    assert stamp is not None
    assert stamp.uid == "two"
