"""What a person does to runs: cancel one, run a commit again, run a branch by hand."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import replace

from rackhouse.delivery.runs import queue
from rackhouse.kit.errors import Missing, Refused
from rackhouse.kit.files import write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN, AuditRow, Forge, RunRow, RunStatus


def find(forge: Forge, number: int) -> RunRow:
    """The run of that number, or Missing."""
    row = forge.run(number)
    if row is None:
        raise Missing(
            f"there is no run {number}", fix="`rackhouse runs list` shows those there are"
        )
    return row


def cancel(forge: Forge, paths: Paths, number: int, *, who: str, now: float) -> RunRow:
    """Have a run end without a release. What it releases already is not interrupted: roll back.
    Refused when it has ended.
    """
    row = find(forge, number)
    if row.status not in OPEN:
        raise Refused(f"run {number} has ended: {row.status.value}")
    gone = replace(row, status=RunStatus.CANCELLED, ended=now, why=f"cancelled by {who}")
    if row.status is RunStatus.RUNNING or not forge.change_run(gone, RunStatus.WAITING):
        if pid := queue.holder(paths, number):
            write_atomic(queue.wish(paths, number), who)  # the worker may be at the next one now
            os.kill(pid, signal.SIGUSR1)
        else:
            forge.change_run(gone, RunStatus.RUNNING)
    _note(forge, who, "cancelled", row, now)
    return row


def end_runs_of(
    forge: Forge, paths: Paths, repository: str, ref: str, *, who: str, now: float
) -> None:
    """Have what runs on a branch that was deleted end without a release."""
    for row in forge.runs(repository=repository, ref=ref, statuses={RunStatus.RUNNING}):
        with suppress(Refused):  # it has ended by itself
            cancel(forge, paths, row.number, who=who, now=now)


def again(forge: Forge, number: int, *, who: str, now: float) -> RunRow:
    """Queue the commit of a run once more. Refused while that run is not over."""
    row = find(forge, number)
    if row.status in OPEN:
        raise Refused(f"run {number} is still {row.status.value}", fix="cancel it first")
    _note(forge, who, "ran again", row, now)
    return queue.retry(forge, row, who=who, now=now)


def _note(forge: Forge, who: str, what: str, row: RunRow, now: float) -> None:
    detail = f"run {row.number}, {row.branch} {row.sha[:7]}"
    forge.note(
        AuditRow(at=now, who=who, what=what, thing=f"repository/{row.repository}", detail=detail)
    )
