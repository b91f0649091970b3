"""What became of runs and jobs: a sign and a word, and which step of a log is to blame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from rackhouse.console.picture.cards import sign
from rackhouse.console.picture.svg import el
from rackhouse.console.runs.sheet import Sheet, Step
from rackhouse.store.forge import OPEN, JobRow, RunRow, RunStatus

_TONES = {RunStatus.PASSED: "good", RunStatus.FAILED: "bad", RunStatus.RUNNING: "busy"}


def tone_of(status: RunStatus) -> str:
    """`good`, `bad`, `busy` or `off`."""
    return _TONES.get(status, "off")


def status(status: RunStatus) -> Markup:
    """The state as sign and word."""
    tone = tone_of(status)
    picture = el("svg", sign(tone, 11, 11), viewBox="0 0 22 22", aria_hidden="true")
    return el("span", picture, status.value, class_=f"state {tone}")


def took(row: RunRow | JobRow, now: float) -> float | None:
    """Seconds that it worked, until now if it still does; None where nobody measured."""
    if row.began is None:
        return None
    if row.ended is None:
        return max(0.0, now - row.began) if row.status in OPEN else None
    return max(0.0, row.ended - row.began)


def blamed(run: RunRow, rows: Sequence[JobRow], sheet: Sheet) -> set[str]:
    """The ids of the steps that failed, as far as the log tells."""
    if run.status is not RunStatus.FAILED and not any(_failed(row) for row in rows):
        return set()
    found = {step.id for row in rows if _failed(row) for step in _step(row, sheet)}
    if not found and run.status is RunStatus.FAILED:  # what came after the jobs: the release
        mine = [block for block in sheet.blocks if block.job]
        found = {mine[-1].steps[-1].id} if mine else set()
    return found


def busy(run: RunRow, rows: Sequence[JobRow], sheet: Sheet) -> set[str]:
    """The ids of the steps that are under way."""
    if run.status is not RunStatus.RUNNING:
        return set()
    ended = {row.title for row in rows if row.status not in OPEN}
    jobs = [block for block in sheet.blocks if block.job and block.job not in ended]
    return {block.steps[-1].id for block in jobs}


def _failed(row: JobRow) -> bool:
    return row.status is RunStatus.FAILED


def _step(row: JobRow, sheet: Sheet) -> Iterator[Step]:
    block = sheet.jobs.get(row.title)
    if block is None:
        return
    blamed = (step for step in block.steps if row.why.startswith(f"step {step.title!r} failed"))
    yield next(blamed, block.steps[-1])
