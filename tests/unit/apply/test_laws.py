"""The laws: what every plan and every apply holds to, whatever is wanted and whatever is there."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rackhouse.kit.errors import HostError, NotOurs, RackhouseError, Refused
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Plan, Verb
from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore
from rackhouse.targets.memory import Killed, MemoryWorld
from unit.apply.worlds import Want, apply_to, look, plan_for, thing, want, wants

laws = settings(  # how many examples, the profile says: see tests/conftest.py
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _after(tmp: Path, *chain: Want, kill_at: int | None = None) -> tuple[MemoryWorld, MemoryStore]:
    """The world after applying each in turn, the last one killed at that moment."""
    world, store = MemoryWorld(), MemoryStore()
    for resources in chain[:-1]:
        _apply(world, resources, tmp, store)
    world.kill_at, world.ticks = kill_at, 0
    _apply(world, chain[-1], tmp, store)
    return world, store


def _apply(world: MemoryWorld, resources: Want, tmp: Path, store: MemoryStore) -> None:
    """Apply, and have it succeed. No example: what is to be refused (two things that hand each
    other their claims), and what waits for a claim of something that data which stays stands on.
    """
    try:
        outcome = apply_to(world, resources, tmp, store=store)
    except Refused:
        assume(False)
        raise
    if outcome.left:
        assume(False)
    assert outcome.ok, outcome


@laws
@given(before=wants(), after=wants(), chance=st.randoms(use_true_random=False))
def test_a_plan_does_not_depend_on_any_order(
    before: Want, after: Want, chance: random.Random, tmp_path: Path
) -> None:
    world, _ = _after(tmp_path, before)
    plan_for(world, after)
    observed = look(world, after)
    shuffled = list(after.items())
    chance.shuffle(shuffled)
    assert plan(dict(shuffled), observed) == plan(after, observed)


@laws
@given(before=wants(), after=wants())
def test_what_was_applied_leaves_nothing_to_do(before: Want, after: Want, tmp_path: Path) -> None:
    world, store = _after(tmp_path, before, after)
    assert plan_for(world, after, store=store).steps == ()


@laws
@given(before=wants(), after=wants())
def test_a_step_comes_after_what_it_needs(before: Want, after: Want, tmp_path: Path) -> None:
    world, _ = _after(tmp_path, before)
    steps = plan_for(world, after).steps
    place = {step.id: n for n, step in enumerate(steps)}
    for step in steps:
        assert all(place[id] < place[step.id] for id in step.after)
        if step.verb is not Verb.DELETE:
            needs = {need for need in after[step.id].before if need in place}
            assert needs <= _transitive(step.id, {s.id: s.after for s in steps})


def _transitive(id: Id, after: dict[Id, tuple[Id, ...]]) -> set[Id]:
    found: set[Id] = set()
    queue = list(after[id])
    while queue:
        other = queue.pop()
        if other not in found:
            found.add(other)
            queue.extend(after[other])
    return found


@laws
@given(before=wants(), after=wants(), strangers=st.sets(st.integers(0, 6), max_size=3))
def test_what_a_stranger_made_is_never_touched(
    before: Want, after: Want, strangers: set[int], tmp_path: Path
) -> None:
    world, store = _after(tmp_path, before)
    theirs = [Id("one", "k", f"theirs{n}") for n in strangers]
    theirs += [
        id for n, id in enumerate(sorted(after)) if n in strangers and id not in world.things
    ]
    for id in theirs:
        world.stranger(id)
    with contextlib.suppress(NotOurs, Refused):
        apply_to(world, after, tmp_path, store=store)
    assert all(world.things[id].stamp is None for id in theirs)
    assert all(world.things[id].body == "a stranger's" for id in theirs)


@laws
@given(before=wants(), after=wants())
def test_data_stays_unless_it_is_purged(before: Want, after: Want, tmp_path: Path) -> None:
    world, _ = _after(tmp_path, before, after)
    assert {id for id, r in before.items() if r.keep} <= world.things.keys()


@laws
@given(before=wants(), after=wants())
def test_what_stays_never_loses_what_it_stands_on(
    before: Want, after: Want, tmp_path: Path
) -> None:
    world, _ = _after(tmp_path, before, after)
    for id, there in world.things.items():
        assert there.stamp is not None
        assert there.stamp.before <= world.things.keys(), f"{id} lost what it needs"


@laws
@given(before=wants(), after=wants(), moment=st.integers(1, 60))
def test_an_apply_killed_at_any_moment_resumes(
    before: Want, after: Want, moment: int, tmp_path: Path
) -> None:
    straight, _ = _after(tmp_path, before, after)
    try:
        world, store = _after(tmp_path, before, after, kill_at=moment)
    except Killed:
        world, store = _killed(before, after, moment, tmp_path)
    world.revive()
    _apply(world, after, tmp_path, store)
    assert world.picture() == straight.picture()
    assert plan_for(world, after, store=store).steps == ()


def _killed(before: Want, after: Want, moment: int, tmp: Path) -> tuple[MemoryWorld, MemoryStore]:
    world, store = _after(tmp, before)
    world.kill_at, world.ticks = moment, 0
    with pytest.raises(Killed):
        apply_to(world, after, tmp, store=store)
    return world, store


@laws
@given(before=wants(), after=wants(), data=st.data())
def test_a_failed_step_stops_only_what_comes_after_it(
    before: Want, after: Want, data: st.DataObject, tmp_path: Path
) -> None:
    world, store = _after(tmp_path, before)
    steps = plan_for(world, after, store=store).steps
    assume(steps)
    chosen = data.draw(st.sampled_from(steps))
    bad = chosen.id
    world.faults[bad] = HostError("no disk")
    blocked = {bad} | {
        s.id for s in steps if bad in _transitive(s.id, {x.id: x.after for x in steps})
    }
    outcome = apply_to(world, after, tmp_path, store=store)
    # "if its provider changes" may turn out not to be needed, and then it cannot fail.
    assert outcome.failed.keys() == {bad} or (not outcome.failed and chosen.why.startswith("if "))
    for id in {step.id for step in steps} - blocked:
        assert outcome.succeeded(id), id
    world.faults.clear()
    _apply(world, after, tmp_path, store)
    assert plan_for(world, after, store=store).steps == ()


@laws
@given(before=wants(), after=wants())
def test_after_a_failure_the_old_want_cleans_up(before: Want, after: Want, tmp_path: Path) -> None:
    world, store = _after(tmp_path, before)
    steps = plan_for(world, after, store=store).steps
    assume(steps)
    world.faults[steps[len(steps) // 2].id] = HostError("no disk")
    apply_to(world, after, tmp_path, store=store)
    world.faults.clear()
    _apply(world, before, tmp_path, store)
    assert plan_for(world, before, store=store).steps == ()


@laws
@given(before=wants(), after=wants(), hidden=st.sampled_from(["one", "two", "three"]))
def test_with_a_target_out_of_sight_nothing_is_pulled_away(
    before: Want, after: Want, hidden: str, tmp_path: Path
) -> None:
    door = next(iter(sorted(id for id in before if id.target != hidden)), None)
    doors = {hidden: door} if door in after else {}
    world, store = MemoryWorld(), MemoryStore()
    assume(apply_to(world, before, tmp_path, store=store, doors={hidden: door} if door else {}).ok)
    world.unreachable.add(hidden)
    there = {id for id in world.things if id.target == hidden}
    used = {b for id in there for s in [world.things[id].stamp] if s for b in s.before}
    try:
        apply_to(world, after, tmp_path, store=store, doors=doors)
    except RackhouseError:
        assume(False)
    assert there <= world.things.keys()
    if doors:  # a place that is always open is not remembered, since it is never out of sight
        assert used <= world.things.keys()


def _moments(chain: tuple[Want, ...], tmp: Path) -> Iterator[int]:
    world, _ = _after(tmp, *chain[:-1]) if len(chain) > 1 else (MemoryWorld(), None)
    world.ticks = 0
    apply_to(world, chain[-1], tmp)
    yield from range(1, world.ticks + 1)


def _release(tag: str, *, claim: bool = False) -> Want:
    claims = ["volume:gb"] if claim else []
    return want(
        thing("vault/secret/gb", keep=True),
        thing("machine/port/postgres"),
        thing("machine/process/postgres", refs=["machine/port/postgres"]),
        thing("postgres/database/gb", refs=["vault/secret/gb"], keep=True, owner="gb"),
        thing(f"machine/port/gb@{tag}", owner="gb"),
        thing(f"machine/job/gb@{tag}", once=True, needs=["postgres/database/gb"], owner="gb"),
        thing(
            f"machine/process/gb@{tag}",
            refs=["vault/secret/gb", f"machine/port/gb@{tag}"],
            needs=[f"machine/job/gb@{tag}"],
            claims=claims,
            owner="gb",
        ),
        thing(
            "machine/route/gb",
            refs=[f"machine/port/gb@{tag}"],
            needs=[f"machine/process/gb@{tag}"],
            owner="gb",
        ),
    )


@pytest.mark.parametrize("claim", [False, True])
def test_a_redeploy_killed_at_every_moment_ends_as_if_it_had_not_been(
    claim: bool, tmp_path: Path
) -> None:
    old, new = _release("r7", claim=claim), _release("r8", claim=claim)
    straight, _ = _after(tmp_path, old, new)
    for moment in _moments((old, new), tmp_path):
        world, store = _killed(old, new, moment, tmp_path)
        world.revive()
        _apply(world, new, tmp_path, store)
        assert world.picture() == straight.picture(), f"killed at {moment}"


def test_a_release_that_fails_leaves_the_old_one_and_its_route(tmp_path: Path) -> None:
    old, new = _release("r7"), _release("r8")
    for bad in [id for id in new if str(id).endswith("r8")]:
        world, store = _after(tmp_path, old)
        before = {
            id: t.body for id, t in world.things.items() if "r7" in str(id) or "route" in str(id)
        }
        world.faults[bad] = HostError("no")
        apply_to(world, new, tmp_path, store=store)
        assert before == {id: world.things[id].body for id in before}, bad
        world.faults.clear()
        _apply(world, old, tmp_path, store)
        assert not [id for id in world.things if "r8" in str(id)]


def test_a_rotated_secret_does_not_run_a_migration_again(tmp_path: Path) -> None:
    """One of the two faults of the trial."""
    old = _release("r7")
    world, store = _after(tmp_path, old)
    world.rotate(Id.parse("vault/secret/gb"))
    world.log.clear()
    _apply(world, old, tmp_path, store)
    assert "ensure machine/process/gb@r7" in world.log
    assert "ensure machine/job/gb@r7" not in world.log


def test_a_blind_target_does_not_cost_the_process_that_serves(tmp_path: Path) -> None:
    """The other: the first planner deleted the old process when PostgreSQL could not be seen."""
    old, new = _release("r7"), _release("r8")
    doors = {"postgres": Id.parse("machine/process/postgres")}
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, old, tmp_path, store=store, doors=doors)
    world.unreachable.add("postgres")
    outcome = apply_to(world, new, tmp_path, store=store, doors=doors)
    assert not outcome.ok
    assert Id.parse("machine/process/gb@r7") in world.things
    assert Id.parse("machine/process/postgres") in world.things


def test_removing_everything_keeps_data_and_what_data_stands_on(tmp_path: Path) -> None:
    doors = {"postgres": Id.parse("machine/process/postgres")}
    world, store = MemoryWorld(), MemoryStore()
    apply_to(world, _release("r7"), tmp_path, store=store, doors=doors)
    apply_to(world, {}, tmp_path, store=store)
    left = sorted(map(str, world.things))
    assert "postgres/database/gb" in left
    assert "vault/secret/gb" in left
    assert "machine/process/gb@r7" not in left


def test_plans_print_what_a_person_reads() -> None:
    assert str(Plan()) == ""
