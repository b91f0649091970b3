"""Take the steps of one plan: each when all that it comes after has succeeded, several at once.

Looks again at the thing and its providers before each step, and acts only when there is still
something to do. A step that fails blocks those that come after it and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from rackhouse.apply.outcome import Observer
from rackhouse.apply.world import World
from rackhouse.kit.errors import RackhouseError, WorldChanged
from rackhouse.plan.step import Plan, Step, Verb
from rackhouse.plan.verdict import verdict
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.place import machine_of
from rackhouse.resources.seen import Observed, Seen, Stamp
from rackhouse.store.protocol import Result

AT_ONCE = 8  # on one machine

Journal = Callable[[int, Result, str], None]  # position of the step in the plan, result, why


@dataclass
class Run:
    """One plan being taken. `results` fills up; `failed` has the error of each failed step."""

    plan: Plan
    world: World
    rack: str
    observer: Observer
    journal: Journal
    adopt: Collection[Id] = frozenset()
    results: dict[Id, Result] = field(default_factory=dict)
    failed: dict[Id, RackhouseError] = field(default_factory=dict)

    async def finish(self) -> None:
        """Take every step that can be taken. What is no RackhouseError is a bug and ends it all."""
        ended = {step.id: asyncio.Event() for step in self.plan.steps}
        slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))

        async def one(position: int, step: Step) -> None:
            for id in step.after:
                await ended[id].wait()
            async with slots[machine_of(step.id.target)]:
                await self._one(position, step)
            ended[step.id].set()

        try:
            async with asyncio.TaskGroup() as tasks:
                for position, step in enumerate(self.plan.steps):
                    tasks.create_task(one(position, step))
        except BaseExceptionGroup as bugs:  # the first has cancelled the others
            raise bugs.exceptions[0] from None

    async def _one(self, position: int, step: Step) -> None:
        blocker = next((id for id in step.after if self._stops(id)), None)
        if blocker is not None:
            self._ended(position, step, Result.BLOCKED, f"{blocker} did not succeed")
            return
        self.journal(position, Result.RUNNING, "")
        self.observer.began(step)
        try:
            done = await self._take(step)
        except RackhouseError as error:
            self.failed[step.id] = error
            self._ended(position, step, Result.FAILED, error.what)
        except asyncio.CancelledError:
            self._ended(position, step, Result.FAILED, "interrupted")
            raise
        except Exception as bug:
            self._ended(position, step, Result.FAILED, f"a bug in Rackhouse: {type(bug).__name__}")
            raise
        else:
            result = Result.DONE if done else Result.SKIPPED
            self._ended(position, step, result, "" if done else "already so")

    def _stops(self, id: Id) -> bool:
        return self.results[id] in {Result.FAILED, Result.BLOCKED}

    def _ended(self, position: int, step: Step, result: Result, why: str) -> None:
        self.results[step.id] = result
        self.journal(position, result, why)
        self.observer.ended(step, result, why)

    async def _take(self, step: Step) -> bool:
        """Whether something had to be done."""
        if step.verb is Verb.DELETE:
            return await self._remove(step)
        resource = self.world.wanted.resources[step.id]
        observed = await self.world.glance({step.id} | resource.before)
        if verdict(resource, observed, self.adopt) is None:
            return False
        now = observed.seen.get(step.id)
        _check_unmoved(step, now)
        _check_providers(resource, observed)
        stamp = self._stamp(step.id, observed)
        values = await self.world.values(resource.refs)
        target = await self.world.target(step.id.target)
        self.world.store.remember_text(resource.digest, resource.text)
        await target.ensure(resource, stamp, values, partial(self.observer.said, step))
        await self.world.reopen(step.id)
        return True

    async def _remove(self, step: Step) -> bool:
        observed = await self.world.glance({step.id})
        now = observed.seen.get(step.id)
        if now is None:
            return False
        _check_unmoved(step, now)
        target = await self.world.target(step.id.target)
        await target.remove(now, partial(self.observer.said, step))
        return True

    def _stamp(self, id: Id, observed: Observed) -> Stamp:
        resource = self.world.wanted.resources[id]
        stamp = Stamp(
            rack=self.rack,
            digest=resource.digest,
            owner=resource.owner,
            uid=resource.uid,
            inputs={ref.to: observed.seen[ref.to].version for ref in resource.refs},
            before=resource.before,
            claims=resource.claims,
            keep=resource.keep,
        )
        there = observed.seen.get(id)
        if there is None or there.stamp is None:
            return stamp
        return replace(stamp, was_before=there.stamp.uses, was_claims=there.stamp.holds)


def _check_unmoved(step: Step, now: Seen | None) -> None:
    """WorldChanged when the thing is not the one that the plan was made for."""
    there = now.stamp.digest if now is not None and now.stamp is not None else ""
    stranger = now is not None and now.stamp is None
    if step.expect is None or (there == step.expect and not stranger):
        return
    raise WorldChanged(
        f"{step.id} was changed by somebody else since this was planned",
        fix="look at `rackhouse plan`, then apply again",
    )


def _check_providers(resource: Resource[Any], observed: Observed) -> None:
    """WorldChanged when something that the thing takes a value from has gone meanwhile."""
    for ref in sorted(resource.refs):
        if ref.to not in observed.seen:
            raise WorldChanged(
                f"{ref.to}, which {resource.id} takes a value from, was there and is gone",
                fix="apply again: it is made anew",
            )
