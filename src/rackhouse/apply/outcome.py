"""What became of an apply, and who is told while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rackhouse.kit.errors import RackhouseError, StepFailed
from rackhouse.kit.text import plural
from rackhouse.plan.step import Plan, Step
from rackhouse.resources.core import Id
from rackhouse.store.protocol import Result


class Observer(Protocol):
    """Is told what happens while it happens. Must return at once and never raise."""

    def planned(self, plan: Plan) -> None:
        """This plan is about to be taken."""

    def began(self, step: Step) -> None:
        """This step has begun."""

    def said(self, step: Step, text: str) -> None:
        """The step has something to say: what it waits for, and how long already."""

    def ended(self, step: Step, result: Result, why: str) -> None:
        """This step has ended."""


class Silent:
    """An observer that tells nobody."""

    def planned(self, plan: Plan) -> None:
        """Nothing."""

    def began(self, step: Step) -> None:
        """Nothing."""

    def said(self, step: Step, text: str) -> None:
        """Nothing."""

    def ended(self, step: Step, result: Result, why: str) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an apply ended: each step's result, the errors of those that failed, what is left.

    `declined`: the plan was shown and not agreed to. `left`: what waits for something that cannot
    be seen.
    """

    results: Mapping[Id, Result] = field(default_factory=dict)
    failed: Mapping[Id, RackhouseError] = field(default_factory=dict)
    declined: Plan | None = None
    left: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything wanted is there."""
        return not self.failed and self.declined is None and not self.left

    @property
    def changed(self) -> bool:
        """Whether anything was done."""
        return Result.DONE in self.results.values()

    def succeeded(self, id: Id) -> bool:
        """Whether nothing went wrong with `id`: it was done, or there was nothing to do."""
        return self.results.get(id, Result.SKIPPED) in {Result.DONE, Result.SKIPPED}

    def raise_for_failure(self) -> None:
        """Raise the one error that failed, or StepFailed that lists several."""
        if len(self.failed) == 1:
            raise next(iter(self.failed.values()))
        if self.failed:
            lines = "\n".join(_listed(self.failed))
            raise StepFailed(
                f"{plural(len(self.failed), 'step')} failed:\n{lines}",
                fix="mend the first of them, then run the command again; what is done stays done",
            )
        if self.left:
            raise StepFailed("not everything could be done:\n  " + "\n  ".join(self.left))


def _listed(failed: Mapping[Id, RackhouseError]) -> Iterator[str]:
    """Each with how to mend it, where that was not said already."""
    said = {""}
    for id, error in failed.items():
        yield f"  {id}: {error.what}"
        if error.fix not in said:
            said.add(error.fix)
            yield f"    fix: {error.fix}"
