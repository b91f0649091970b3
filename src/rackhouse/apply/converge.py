"""The whole of an apply: lock, look, plan, confirm, run; and again until nothing is left to do.

Again, because a place that has just opened may want more than could be foreseen. What adds is done;
what removes more than was shown and agreed to is asked for again. Killed at any point, the next
apply plans anew: the journal is for people, never for deciding. Once nothing is left to do, it is
said there too, if the last that it tells of was killed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.apply.outcome import Observer, Outcome
from rackhouse.apply.run import Run
from rackhouse.apply.world import World
from rackhouse.kit.errors import RackhouseError
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Mark, Plan
from rackhouse.resources.core import Id
from rackhouse.resources.seen import Observed
from rackhouse.store.lock import hold
from rackhouse.store.protocol import Result, Store

ROUNDS = 6

Confirm = Callable[[Plan], bool]
Settled = Callable[[Observed], None]
Reached = Callable[[Observed, Collection[str]], None]


def nothing(_: Observed) -> None:
    """There is nothing to be done at the end."""


def _nobody_asks(_: Observed, __: Collection[str]) -> None:
    """Nobody has to know how far it has come."""


@dataclass(frozen=True, kw_only=True)
class Apply:
    """Who asks for what, and what it may do.

    `purge` names kept data that may leave, `adopt` data of an earlier application that passes to
    the one of its name. `confirm` is shown every plan that removes something not yet shown, and the
    first plan. `now` answers Unix seconds. `settled` is called, still under the lock, with a world
    in which nothing is left to do, and must not raise; `reached` whenever it is known what is still
    to be done, with that: ids, and places that cannot be seen.
    """

    who: str
    what: str
    confirm: Confirm
    observer: Observer
    now: Callable[[], float]
    purge: frozenset[Id] = frozenset()
    adopt: frozenset[Id] = frozenset()
    settled: Settled = nothing
    reached: Reached = _nobody_asks


async def converge(world: World, apply: Apply, *, rack: str, lock: Path) -> Outcome:
    """Make the world what `world.wanted` says. Locked when another command is at it."""
    results: dict[Id, Result] = {}
    shown: frozenset[Id] | None = None
    rounds = ROUNDS
    with hold(lock, apply.what, apply.now()):
        while True:
            observed = await world.look()
            steps = plan(world.wanted.resources, observed, apply.purge, apply.adopt)
            apply.reached(observed, _undone(steps, {}))
            if not steps.steps and steps.complete:
                _close_interrupted(world.store, apply)
                apply.settled(observed)
            if not steps.steps or not rounds:
                return Outcome(results=results, left=_left(steps))
            if shown is None or steps.removals - shown:
                if not apply.confirm(steps):
                    return Outcome(results=results, declined=steps)
                shown = (shown or frozenset()) | steps.removals
            failed = await _round(steps, world, apply, rack, results)
            if failed:
                apply.reached(observed, _undone(steps, results))
                return Outcome(results=results, failed=failed)
            rounds -= 1


async def _round(
    steps: Plan, world: World, apply: Apply, rack: str, results: dict[Id, Result]
) -> dict[Id, RackhouseError]:
    store = world.store
    number = store.begin_apply(apply.who, apply.what, list(map(str, steps.steps)), apply.now())

    def journal(position: int, result: Result, why: str) -> None:
        store.record_step(number, position, result, apply.now(), why)

    apply.observer.planned(steps)
    run = Run(steps, world, rack, apply.observer, journal, apply.adopt)
    try:
        await run.finish()
    finally:
        store.end_apply(number, apply.now())
    results |= run.results
    return run.failed


def _close_interrupted(store: Store, apply: Apply) -> None:
    """Have the journal end with an apply that came to its end, though it had nothing to do."""
    last = next(iter(store.journal(1)), None)
    if last is not None and last.ended is None:
        now = apply.now()
        store.end_apply(store.begin_apply(apply.who, apply.what, [], now), now)


def _undone(steps: Plan, results: Mapping[Id, Result]) -> set[str]:
    """What of this plan is still to be done."""
    done = {Result.DONE, Result.SKIPPED}
    waits = {note.about for note in steps.notes if note.mark is Mark.WAITS}
    return waits | {str(it.id) for it in steps.steps if results.get(it.id) not in done}


def _left(steps: Plan) -> tuple[str, ...]:
    """What is still to be done after all rounds, and what waits for what cannot be seen."""
    waits = (note for note in steps.notes if note.mark is Mark.WAITS)
    return tuple(map(str, (*steps.steps, *waits)))
