"""What only follows another: after it where both are written, and not held up by what is away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rackhouse.kit.errors import NotReady
from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import MemoryWorld
from unit.apply.worlds import Want, apply_to, plan_for, thing, want

NAMES = ("a", "b", "c")
UNITS = [Id(f"host.{name}", "unit", "agent") for name in NAMES]


def agents(version: str) -> Want:
    """Each follows the one before."""
    found = []
    for n, id in enumerate(UNITS):
        follows = frozenset(UNITS[n - 1 : n]) if n else frozenset()
        found.append(replace(thing(str(id), version=version), follows=follows))
    return want(*found)


def _applied(tmp: Path) -> tuple[MemoryWorld, MemoryStore]:
    world, store = MemoryWorld(), MemoryStore()
    assert apply_to(world, agents("1"), tmp, store=store).ok
    world.log.clear()
    return world, store


def test_they_are_written_one_after_the_other(tmp_path: Path) -> None:
    world, store = _applied(tmp_path)
    steps = {step.id: step.after for step in plan_for(world, agents("2"), store=store).steps}
    assert steps == {UNITS[0]: (), UNITS[1]: (UNITS[0],), UNITS[2]: (UNITS[1],)}


def test_one_that_is_out_of_sight_is_passed_over_and_said(tmp_path: Path) -> None:
    world, store = _applied(tmp_path)
    world.unreachable.add("host.b")
    plan = plan_for(world, agents("2"), store=store)
    assert [step.id for step in plan.steps] == [UNITS[0], UNITS[2]]
    assert [note.about for note in plan.notes] == ["host.b"]


def test_one_that_fails_stops_those_that_follow(tmp_path: Path) -> None:
    world, store = _applied(tmp_path)
    world.faults[UNITS[0]] = NotReady("it does not start")
    assert not apply_to(world, agents("2"), tmp_path, store=store).ok
    assert world.log == []


def test_whom_it_follows_is_no_part_of_what_it_is(tmp_path: Path) -> None:
    world, store = _applied(tmp_path)
    alone = {id: replace(each, follows=frozenset()) for id, each in agents("1").items()}
    assert plan_for(world, alone, store=store).steps == ()
    after = agents("1")
    del after[UNITS[0]]  # whom the second one follows
    assert plan_for(world, after, store=store).steps == ()
