"""Chains over machines: one member at a time, whoever is out of sight and wherever it was killed.

As K3s servers are: what stops a member comes after the member before is whole again, and beside
the chain each machine has things that nobody waits for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.plan.step import Step
from rackhouse.resources.core import Id
from rackhouse.store.memory import MemoryStore
from rackhouse.store.protocol import Result
from rackhouse.targets.memory import Killed, MemoryWorld, Thing
from unit.apply.worlds import Want, apply_to, plan_for, thing, want

MACHINES = ("host.a", "host.b", "host.c", "host.d")
laws = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ONES = ("1",) * len(MACHINES)
versions = st.tuples(*(st.sampled_from("12") for _ in MACHINES))
hidden_ones = st.sets(st.sampled_from(MACHINES), max_size=3)


def chain(loud: Collection[str], quiet: str = "1") -> Want:
    """A member on each machine, with those versions of what stops it; and what nobody waits for."""
    things = []
    before: list[str] = []
    for machine, version in zip(MACHINES, loud, strict=True):
        setting, unit = f"{machine}/file/setting", f"{machine}/unit/member"
        things += [
            thing(f"{machine}/file/quiet", version=quiet),
            thing(setting, needs=before, version=version),
            thing(unit, needs=before, refs=[setting]),
        ]
        before = [unit]
    return want(*things)


class OneAtATime(Silent):
    """Sees to it that a member goes only when none before it is away, and no other goes with it."""

    def __init__(self, world: MemoryWorld) -> None:
        self.world = world
        self.going = 0

    def began(self, step: Step) -> None:
        """Before the first change of the step."""
        if step.id.name == "quiet":
            return
        self.going += 1
        away = {id.target for id, there in self.world.things.items() if _half(id, there)}
        away |= self.world.unreachable
        before = {name for name in away if name < step.id.target}
        assert not before, f"{step.id} goes while {before} are away"
        assert self.going == 1, f"{step.id} goes with another"

    def ended(self, step: Step, result: Result, why: str) -> None:
        """After the last."""
        if step.id.name != "quiet" and result is not Result.BLOCKED:
            self.going -= 1


def _half(id: Id, there: Thing) -> bool:
    return id.name != "quiet" and there.stamp is not None and not there.stamp.found


def _apply(world: MemoryWorld, resources: Want, tmp: Path, store: MemoryStore) -> None:
    outcome = _run(world, resources, tmp, store)
    assert outcome.ok, outcome


def _run(world: MemoryWorld, resources: Want, tmp: Path, store: MemoryStore) -> Outcome:
    return apply_to(world, resources, tmp, store=store, observer=OneAtATime(world))


@laws
@example(before=ONES, after=("1", "1", "1", "2"), hidden={"host.a"}, moment=60)
@given(before=versions, after=versions, hidden=hidden_ones, moment=st.integers(1, 60))
def test_at_most_one_member_is_away_and_elsewhere_all_is_done(
    before: tuple[str, ...], after: tuple[str, ...], hidden: set[str], moment: int, tmp_path: Path
) -> None:
    world, store = MemoryWorld(), MemoryStore()
    _apply(world, chain(before), tmp_path, store)
    now = chain(after, quiet="2")
    world.kill_at, world.ticks = moment, 0
    with contextlib.suppress(Killed):
        _run(world, now, tmp_path, store)
    world.revive()
    world.unreachable |= hidden

    outcome = _run(world, now, tmp_path, store)
    assert not outcome.failed
    in_sight = [name for name in MACHINES if name not in hidden]
    first = min(hidden, default="z")
    due = {id for id in now if id.target in in_sight and (id.name == "quiet" or id.target < first)}
    for id in due:
        stamp = world.things[id].stamp
        assert stamp is not None
        assert (stamp.digest, bool(stamp.found)) == (now[id].digest, True), id

    world.unreachable.clear()
    _apply(world, now, tmp_path, store)
    assert plan_for(world, now, store=store).steps == ()
