"""Taking the steps of a plan: the second look, failures, the journal, bugs and Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from rackhouse.apply.outcome import Silent
from rackhouse.kit.errors import HostError, NotOurs, WorldChanged
from rackhouse.plan.step import Plan, Step
from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Result
from rackhouse.targets.memory import MemoryWorld
from unit.apply.worlds import Want, apply_to, applying, id_of, thing, want

PORT, WEB, ROUTE = map(id_of, ("machine/port/web", "machine/process/web", "machine/route/web"))
OTHER = id_of("machine/folder/other")


def _web(version: str = "1") -> Want:
    return want(
        thing(str(PORT), version=version),
        thing(str(WEB), refs=[str(PORT)], version=version),
        thing(str(ROUTE), needs=[str(WEB)], version=version),
        thing(str(OTHER), version=version),
    )


def _then(act: Callable[[], object]) -> Callable[[Plan], bool]:
    """Agrees, and `act` happens between the plan and its first step."""

    def confirm(_: Plan) -> bool:
        act()
        return True

    return confirm


def _journal(store: MemoryStore) -> list[tuple[str, Result, str]]:
    return [(row.step.split(":")[0], row.result, row.why) for row in store.journal()[0].steps]


def _restamped(world: MemoryWorld, id: Id) -> None:
    """Another command writes it while we ask a person."""
    there = thing(str(id), version="theirs")
    stamp = world.things[id].stamp
    assert stamp is not None
    object.__setattr__(stamp, "digest", there.digest)


def test_the_journal_has_each_step_with_its_result(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    world.faults[WEB] = HostError("no memory")
    outcome = apply_to(world, _web(), tmp_path, store=store)
    assert _journal(store) == [
        ("+ machine/folder/other", Result.DONE, ""),
        ("+ machine/port/web", Result.DONE, ""),
        ("+ machine/process/web", Result.FAILED, "no memory"),
        ("+ machine/route/web", Result.BLOCKED, "machine/process/web did not succeed"),
    ]
    assert outcome.failed.keys() == {WEB}
    assert not outcome.ok
    assert outcome.changed
    with pytest.raises(HostError):
        outcome.raise_for_failure()


def test_the_journal_says_who_did_what_and_when(tmp_path: Path) -> None:
    store = MemoryStore()
    apply_to(MemoryWorld(), _web(), tmp_path, store=store)
    (row,) = store.journal()
    assert (row.who, row.what) == ("ada", "test")
    assert row.ended is not None
    assert all(row.began <= step.began <= (step.ended or 0) <= row.ended for step in row.steps)


def test_what_somebody_else_did_meanwhile_is_not_done_again(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, _web(), tmp_path)
    made = dict(world.things)
    del world.things[OTHER]
    confirm = _then(lambda: world.things.update(made))
    outcome = apply_to(world, _web(), tmp_path, store=store, confirm=confirm)
    assert _journal(store) == [("+ machine/folder/other", Result.SKIPPED, "already so")]
    assert outcome.ok
    assert not outcome.changed


def test_what_has_gone_meanwhile_is_not_removed_again(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, _web(), tmp_path)
    less = {id: each for id, each in _web().items() if id != OTHER}
    confirm = _then(lambda: world.things.pop(OTHER))
    assert apply_to(world, less, tmp_path, store=store, confirm=confirm).ok
    assert _journal(store) == [("- machine/folder/other", Result.SKIPPED, "already so")]


def test_a_thing_that_another_changed_after_the_plan_is_left_alone(tmp_path: Path) -> None:
    world = MemoryWorld()
    apply_to(world, _web(), tmp_path)
    before = world.things[OTHER].body
    confirm = _then(lambda: _restamped(world, OTHER))
    outcome = apply_to(world, _web("2"), tmp_path, confirm=confirm)
    assert isinstance(outcome.failed[OTHER], WorldChanged)
    assert world.things[OTHER].body == before
    assert outcome.failed.keys() == {OTHER}


def test_nor_is_it_removed(tmp_path: Path) -> None:
    world = MemoryWorld()
    apply_to(world, _web(), tmp_path)
    confirm = _then(lambda: _restamped(world, OTHER))
    outcome = apply_to(world, {}, tmp_path, confirm=confirm)
    assert isinstance(outcome.failed[OTHER], WorldChanged)
    assert OTHER in world.things


def test_a_stranger_who_comes_after_the_plan_is_not_overwritten(tmp_path: Path) -> None:
    world = MemoryWorld()
    outcome = apply_to(world, _web(), tmp_path, confirm=_then(lambda: world.stranger(OTHER)))
    assert isinstance(outcome.failed[OTHER], NotOurs)
    assert world.things[OTHER].body == "a stranger's"


def test_nor_is_what_a_stranger_put_in_place_of_ours_removed(tmp_path: Path) -> None:
    world = MemoryWorld()
    apply_to(world, _web(), tmp_path)
    outcome = apply_to(world, {}, tmp_path, confirm=_then(lambda: world.stranger(OTHER)))
    assert isinstance(outcome.failed[OTHER], WorldChanged)
    assert world.things[OTHER].body == "a stranger's"


def test_a_provider_that_goes_after_the_plan_is_named_and_made_by_the_next_apply(
    tmp_path: Path,
) -> None:
    world = MemoryWorld()
    apply_to(world, _web(), tmp_path)
    changed = {**_web(), WEB: thing(str(WEB), refs=[str(PORT)], version="2")}
    outcome = apply_to(world, changed, tmp_path, confirm=_then(lambda: world.things.pop(PORT)))
    assert isinstance(outcome.failed[WEB], WorldChanged)
    assert str(PORT) in str(outcome.failed[WEB])
    assert apply_to(world, changed, tmp_path).ok


def test_a_bug_ends_the_apply_as_itself_and_closes_the_journal(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    world.faults[WEB] = KeyError("oops")
    world.stuck.add(OTHER)  # and what would never end does not keep it
    with pytest.raises(KeyError, match="oops"):
        apply_to(world, _web(), tmp_path, store=store)
    assert store.journal()[0].ended is not None
    assert _journal(store) == [
        ("+ machine/folder/other", Result.FAILED, "interrupted"),
        ("+ machine/port/web", Result.DONE, ""),
        ("+ machine/process/web", Result.FAILED, "a bug in Rackhouse: KeyError"),
    ]
    world.faults.clear()
    world.stuck.clear()
    assert apply_to(world, _web(), tmp_path, store=store).ok


async def test_ctrl_c_closes_the_journal_the_connections_and_the_lock(tmp_path: Path) -> None:
    world, store = MemoryWorld(), MemoryStore()
    world.stuck.add(WEB)
    begun = asyncio.Event()

    class Waits(Silent):
        def said(self, step: Step, text: str) -> None:
            if step.id == WEB:
                begun.set()

    task = asyncio.create_task(
        applying(world, _web(), tmp_path, store=store, observer=Waits())  # looks at connections
    )
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.journal()[0].ended is not None
    assert ("+ machine/process/web", Result.FAILED, "interrupted") in _journal(store)
    world.stuck.clear()
    assert (await applying(world, _web(), tmp_path, store=store)).ok


def test_several_steps_run_at_once_and_a_user_never_before_its_provider(tmp_path: Path) -> None:
    running: set[Id] = set()
    most = 0
    done: list[Id] = []

    class Counts(Silent):
        def began(self, step: Step) -> None:
            nonlocal most
            assert set(step.after) <= set(done)
            running.add(step.id)
            most = max(most, len(running))

        def ended(self, step: Step, result: Result, why: str) -> None:
            running.discard(step.id)
            done.append(step.id)

    things = [thing(f"machine/k/{n:02}") for n in range(30)]
    users = [thing(f"machine/u/{n:02}", refs=[f"machine/k/{n:02}"]) for n in range(30)]
    apply_to(MemoryWorld(), want(*things, *users), tmp_path, observer=Counts())
    assert 1 < most <= 8
