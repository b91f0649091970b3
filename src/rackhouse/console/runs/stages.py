"""The jobs of a run as a graph: columns of stages, and what each waits for. Pure; draws nothing.

A stage is one job with all the combinations of its matrix. The last is the release, of a run that
releases: it waits for all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rackhouse.console.runs.state import took
from rackhouse.store.forge import OPEN, JobRow, RunRow, RunStatus
from rackhouse.workflows.order import levels

RELEASE = "release"
# A stage is as the first of these that one of its jobs is.
_WORST = (
    RunStatus.FAILED,
    RunStatus.CANCELLED,
    RunStatus.RUNNING,
    RunStatus.WAITING,
    RunStatus.PASSED,
    RunStatus.SKIPPED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One combination of a matrix: what it is called within its stage, and its row's position."""

    title: str
    status: RunStatus
    position: int
    took: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One box. `parts` are empty without a matrix; `position`: of its first job, -1 of none.
    `took` is in seconds, None where nobody measured. `said` is what else there is to say.
    """

    key: str
    title: str
    status: RunStatus
    position: int = -1
    needs: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    took: float | None = None
    said: str = ""


Columns = tuple[tuple[Stage, ...], ...]


def columns(run: RunRow, rows: Sequence[JobRow], now: float) -> Columns:
    """Stages by how many others come before them; each only names the needs that nothing else
    that it needs already waits for.
    """
    groups: dict[str, list[JobRow]] = {}
    for row in rows:
        groups.setdefault(_key(row, row.name), []).append(row)
    stages = {key: _stage(key, its, now) for key, its in groups.items()}
    if release := _release(run, rows, stages):
        stages[release.key] = release
    needs = {key: tuple(n for n in it.needs if n in stages) for key, it in stages.items()}
    reach = _reach(needs)
    near = {key: tuple(n for n in its if not _through(n, its, reach)) for key, its in needs.items()}
    found = (tuple(replace(stages[k], needs=near[k]) for k in level) for level in levels(needs))
    return tuple(found)


def _stage(key: str, rows: Sequence[JobRow], now: float) -> Stage:
    first = rows[0]
    several = len(rows) > 1
    parts = tuple(
        Part(title=_short(row), status=row.status, position=row.position, took=took(row, now))
        for row in rows
    )
    times = [part.took for part in parts if part.took is not None]
    return Stage(
        key=key,
        title=first.name if several else first.title,
        status=next(s for s in _WORST if any(row.status is s for row in rows)),
        position=first.position,
        needs=tuple(dict.fromkeys(_key(first, need) for need in first.needs)),
        parts=parts if several else (),
        took=max(times, default=None),
    )


def _release(run: RunRow, rows: Sequence[JobRow], stages: Mapping[str, Stage]) -> Stage | None:
    """What comes of it when all pass; None for what is run by itself."""
    if not run.releases:
        return None
    waited_for = {need for stage in stages.values() for need in stage.needs}
    lives = f"{run.application} r{run.release}" if run.application and run.release else ""
    return Stage(
        key=RELEASE,
        title=RELEASE,
        status=_release_status(run, rows),
        needs=tuple(key for key in stages if key not in waited_for),
        said=lives,
    )


def _release_status(run: RunRow, rows: Sequence[JobRow]) -> RunStatus:
    if run.status is RunStatus.PASSED:
        return RunStatus.PASSED if run.application else RunStatus.SKIPPED
    if run.status not in OPEN:
        passed = all(row.status in {RunStatus.PASSED, RunStatus.SKIPPED} for row in rows)
        failed = run.status is RunStatus.FAILED and passed
        return RunStatus.FAILED if failed else RunStatus.SKIPPED
    ended = bool(rows) and all(row.status not in OPEN for row in rows)
    return RunStatus.RUNNING if ended else RunStatus.WAITING


def _key(row: JobRow, name: str) -> str:
    return f"{row.workflow} {name}"  # jobs of two files may be called the same


def _short(row: JobRow) -> str:
    """`3.11` of `test (3.11)`."""
    inner = row.title.removeprefix(row.name).strip()
    return inner[1:-1] if inner.startswith("(") and inner.endswith(")") else row.title


def _reach(needs: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    """All that comes before each."""
    found: dict[str, frozenset[str]] = {}
    for level in levels(needs):
        for key in level:
            found[key] = frozenset(needs[key]).union(*(found[need] for need in needs[key]))
    return found


def _through(need: str, its: Sequence[str], reach: Mapping[str, frozenset[str]]) -> bool:
    return any(need in reach.get(other, ()) for other in its)
