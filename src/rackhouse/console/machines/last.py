"""When an apply was last at a machine, by the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rackhouse.store.protocol import Result, StepRow, Store

_APPLIES = 60  # of the journal
_DID = {Result.DONE, Result.SKIPPED, Result.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last time that an apply was at a machine: Unix seconds, and what failed there then."""

    at: float
    failed: str = ""


def last(store: Store) -> Mapping[str, Last]:
    """By target (`host.pi-1`), the newest steps that were taken there."""
    found: dict[str, Last] = {}
    for row in store.journal(_APPLIES):
        of: dict[str, list[StepRow]] = {}
        for step in row.steps:
            if step.result in _DID:
                of.setdefault(_target(step.step), []).append(step)
        found = {**{target: _of(steps) for target, steps in of.items()}, **found}
    return found


def _of(steps: list[StepRow]) -> Last:
    failed = (step.why or step.step for step in steps if step.result is Result.FAILED)
    return Last(at=max(step.ended or step.began for step in steps), failed=next(failed, ""))


def _target(step: str) -> str:
    """`host.pi-1` of `+ host.pi-1/file/journald: absent`, as a journal has it."""
    return step[2:].partition("/")[0]
