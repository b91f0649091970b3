"""The queue of runs: what a push adds, which run may begin next, which one was cut.

Durable, since it is rows in the store; safe among several workers, since a run begins only by
changing its row from WAITING and holding its lock, which a dead process cannot hold. Within one
branch of one repository one run at a time, in the order of the pushes; what a schedule or a person
had run as a workflow goes beside them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rackhouse.delivery.runs.log import Kind, RunLog
from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import OPEN, Event, Forge, RepositoryRow, RunRow, RunStatus

ATTEMPTS = 2  # a run that was cut is begun once more
_ALL = 10_000  # more than will ever wait
_GONE = "its branch was deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One ref that a push moved. Commits in full; "" where it was not there, or is no more."""

    ref: str
    before: str
    after: str


def pushed(
    forge: Forge, repository: RepositoryRow, updates: Sequence[Update], *, who: str, now: float
) -> list[RunRow]:
    """Queue a run for each branch or tag that moved. One that has its run already gets no other, so
    that a push can be reported twice. Of a branch that is gone nothing runs any more.
    """
    runs = []
    for update in updates:
        if not update.ref.startswith(("refs/heads/", "refs/tags/")):
            continue
        if not update.after:
            _withdraw(forge, repository.name, update.ref, now)
        elif (newest := newest_push(forge, repository.name, update.ref)) is None or not (
            _is_of(newest, update)
        ):
            row = RunRow(
                repository=repository.name,
                ref=update.ref,
                sha=update.after,
                before=update.before,
                who=who,
                made=now,
            )
            runs.append(forge.add_run(row))
        else:
            runs.append(newest)
    return runs


def newest_push(forge: Forge, repository: str, ref: str) -> RunRow | None:
    """The run of the last push to that ref."""
    rows = forge.runs(repository=repository, ref=ref, events={Event.PUSH}, limit=1)
    return rows[0] if rows else None


def retry(forge: Forge, run: RunRow, *, who: str, now: float) -> RunRow:
    """Queue the same commit once more."""
    again = RunRow(
        repository=run.repository,
        ref=run.ref,
        sha=run.sha,
        before=run.before,
        event=run.event if run.workflow else Event.DISPATCH,
        who=who,
        made=now,
        detail=f"again, as run {run.number}",
        workflow=run.workflow,
        given=run.given,
    )
    return forge.add_run(again)


def _is_of(run: RunRow, update: Update) -> bool:
    """Whether it is the run of this very push. A branch that was deleted and comes back, with the
    same commit, is pushed once more.
    """
    came_back = not update.before and (run.status not in OPEN or run.detail == _GONE)
    return run.sha == update.after and not came_back


def _withdraw(forge: Forge, repository: str, ref: str, now: float) -> None:
    for row in forge.runs(repository=repository, ref=ref, statuses=OPEN, limit=_ALL):
        gone = replace(row, status=RunStatus.CANCELLED, ended=now, why=_GONE)
        if row.status is RunStatus.RUNNING or not forge.change_run(gone, RunStatus.WAITING):
            # Whoever works on it is told to end; until then it is no run of this name's branch.
            forge.change_run(
                replace(row, status=RunStatus.RUNNING, detail=_GONE), RunStatus.RUNNING
            )


@contextlib.contextmanager
def claimed(forge: Forge, paths: Paths, now: float) -> Iterator[RunRow | None]:
    """Begin the next run and hold it for the block; None when none may begin now."""
    for row in ready(forge):
        with _lock(run_folder(paths, row.number)) as held:
            begun = replace(row, status=RunStatus.RUNNING, began=now)
            if held and forge.change_run(begun, RunStatus.WAITING):
                yield begun
                return
    yield None


def ready(forge: Forge) -> list[RunRow]:
    """The runs that may begin, the oldest first."""
    rows = sorted(forge.runs(statuses=OPEN, limit=_ALL), key=lambda row: row.number)
    busy = {_lane(row) for row in rows if row.status is RunStatus.RUNNING}
    found = []
    for row in rows:
        if row.status is RunStatus.WAITING and _lane(row) not in busy:
            found.append(row)
            busy.add(_lane(row))
    return found


def _lane(row: RunRow) -> tuple[str, str, str]:
    return row.repository, row.ref, row.workflow  # what runs each night holds no push up


def mend(forge: Forge, paths: Paths, now: float) -> list[RunRow]:
    """The runs that were cut: RUNNING, and nobody holds them. Each is queued once more, and has
    failed the second time.
    """
    cut = []
    for row in forge.runs(statuses={RunStatus.RUNNING}, limit=_ALL):
        with _lock(run_folder(paths, row.number)) as held:
            current = forge.run(row.number)
            if held and current is not None and current.status is RunStatus.RUNNING:
                cut.append(_mended(forge, paths, current, now))
    return cut


def _mended(forge: Forge, paths: Paths, row: RunRow, now: float) -> RunRow:
    log = RunLog(run_folder(paths, row.number))
    if row.attempt < ATTEMPTS:
        log.say("this run was cut short, and begins anew", Kind.NOTE)
        after = replace(row, status=RunStatus.WAITING, began=None, attempt=row.attempt + 1)
    else:
        why = "it was cut short twice: its process was killed, or the machine went down"
        log.say(why, Kind.ERROR)
        after = replace(row, status=RunStatus.FAILED, ended=now, why=why)
    log.close()
    forge.change_run(after, RunStatus.RUNNING)
    return after


def holder(paths: Paths, number: int) -> int:
    """The pid of the process that works on a run; 0 when none does."""
    folder = run_folder(paths, number)
    with _lock(folder) as free:
        if free:
            return 0
        with contextlib.suppress(OSError, ValueError):
            return int((folder / "lock").read_text())
    return 0


def run_folder(paths: Paths, number: int) -> Path:
    """Where a run has its log, its lock and its artifacts."""
    return paths.runs / str(number)


def wish(paths: Paths, number: int) -> Path:
    """The file that says that somebody cancelled a run while it ran."""
    return run_folder(paths, number) / "cancelled"


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    """Whether we hold the lock of that run for the block. A dead process holds none."""
    make_folder(folder)
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        os.pwrite(fd, f"{os.getpid():<10}".encode(), 0)
        yield True
    finally:
        os.close(fd)
