"""The jobs of one workflow file while it runs: a row for each combination of its matrix.

Follows what act says; whoever shows the run gets each row as it changes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from rackhouse.store.forge import OPEN, JobRow, RunStatus
from rackhouse.workflows.model import Job, Workflow
from rackhouse.workflows.picture import titles

OnJob = Callable[[JobRow], None]
_RESULTS = {
    "success": RunStatus.PASSED,
    "failure": RunStatus.FAILED,
    "skipped": RunStatus.SKIPPED,
    "cancelled": RunStatus.CANCELLED,
}

Key = tuple[str, frozenset[tuple[str, str]]]


class Jobs:
    """`first` is the position of its first row in the run; `last` behind the last one."""

    def __init__(self, workflow: Workflow, run: int, first: int, on_job: OnJob) -> None:
        self._on_job = on_job
        self._rows: dict[Key, JobRow] = {}
        self._names = {job.name: job for job in workflow.jobs}
        self._blank = JobRow(run=run, position=0, workflow=workflow.path, name="", title="")
        self._count = itertools.count(first)
        for job in workflow.jobs:
            for values in job.matrix:
                self._add(job, values)
        self.last = first + len(self._rows)

    def begin(self, name: str, matrix: Mapping[str, str]) -> JobRow:
        """act says something of this job; the first time it has begun."""
        key = self._key(name, matrix)
        row = self._rows[key]
        if row.status is RunStatus.WAITING:
            self._put(key, replace(row, status=RunStatus.RUNNING, began=time.time()))
        return self._rows[key]

    def end(self, name: str, matrix: Mapping[str, str], result: str, why: str) -> None:
        """act says how it ended."""
        key = self._key(name, matrix)
        status = _RESULTS.get(result, RunStatus.FAILED)
        why = why if status is RunStatus.FAILED else ""
        self._put(key, replace(self._rows[key], status=status, ended=time.time(), why=why))

    def close(self, cut: RunStatus, why: str) -> None:
        """Nothing more will come: what runs was `cut`, what waits was skipped, or cut too."""
        for key, row in list(self._rows.items()):
            if row.status is RunStatus.RUNNING:
                self._put(key, replace(row, status=cut, ended=time.time(), why=why))
            elif row.status in OPEN:
                cancelled = cut is RunStatus.CANCELLED
                self._put(key, replace(row, status=cut if cancelled else RunStatus.SKIPPED))

    def failed(self) -> Iterator[JobRow]:
        """Those that did, in order."""
        yield from (row for row in self._rows.values() if row.status is RunStatus.FAILED)

    def _key(self, name: str, matrix: Mapping[str, str]) -> Key:
        key = (name, frozenset(matrix.items()))
        if key not in self._rows:  # a matrix that an expression makes
            free = (name, frozenset[tuple[str, str]]())
            job = self._names.get(name) or Job(name=name, title=name)
            if free in self._rows and self._rows[free].status is RunStatus.WAITING:
                row = replace(self._rows.pop(free), title=_title(job, matrix))
                self._rows[key] = row
            else:
                self._add(job, matrix)
        return key

    def _add(self, job: Job, matrix: Mapping[str, str]) -> None:
        row = replace(
            self._blank,
            position=next(self._count),
            name=job.name,
            title=_title(job, matrix),
            needs=job.needs,
        )
        self._put((job.name, frozenset(matrix.items())), row)

    def _put(self, key: Key, row: JobRow) -> None:
        self._rows[key] = row
        self._on_job(row)


def _title(job: Job, matrix: Mapping[str, str]) -> str:
    return titles(replace(job, matrix=(matrix,)))[0]
