"""`Promoter`: says which release is live, at the moment when that becomes true. Plans nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from rackhouse.app.model import App
from rackhouse.apply.outcome import Observer
from rackhouse.kit.errors import RackhouseError
from rackhouse.plan.step import Mark, Plan, Step, Verb
from rackhouse.resources.core import Id
from rackhouse.store.protocol import ReleaseStatus, Result, Store

if TYPE_CHECKING:
    from rackhouse.resources.place import Wanted


class Promoter:
    """An observer that makes a release LIVE when the last thing of its own is there, adds its name
    to `promoted`, and tells the other one everything.
    """

    def __init__(
        self,
        store: Store,
        wanted: Wanted,
        releases: Mapping[str, App],
        other: Observer,
        promoted: set[str],
    ) -> None:
        self._store = store
        self._wanted = wanted
        self._other = other
        self._promoted = promoted
        self._numbers = {n: a.release.number for n, a in releases.items() if a.release}
        self._missing: dict[str, set[Id]] = {}

    def planned(self, plan: Plan) -> None:
        """What is still to be made of each, or cannot be seen."""
        made = {step.id for step in plan.steps if step.verb is not Verb.DELETE}
        unseen = {note.about for note in plan.notes if note.mark is Mark.WAITS}
        self._missing = {name: set() for name in self._numbers}
        for id, resource in self._wanted.resources.items():
            waits = id in made or not unseen.isdisjoint((str(id), id.target))
            if waits and resource.owner in self._missing:
                self._missing[resource.owner].add(id)
        self._other.planned(plan)

    def began(self, step: Step) -> None:
        """Nothing of ours."""
        self._other.began(step)

    def said(self, step: Step, text: str) -> None:
        """Nothing of ours."""
        self._other.said(step, text)

    def ended(self, step: Step, result: Result, why: str) -> None:
        """One thing less is missing."""
        resource = self._wanted.resources.get(step.id)
        missing = self._missing.get(resource.owner) if resource else None
        if missing and resource and result in {Result.DONE, Result.SKIPPED}:
            missing.discard(step.id)
            if not missing:
                self._promote(resource.owner)
        self._other.ended(step, result, why)

    def _promote(self, name: str) -> None:
        with suppress(RackhouseError):  # a full disk; said when all has ended
            self._store.set_release_status(name, self._numbers[name], ReleaseStatus.LIVE)
            self._promoted.add(name)
