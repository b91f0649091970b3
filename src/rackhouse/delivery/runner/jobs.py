"""The jobs of one workflow file while it runs: a row for each combination of its matrix.

Follows what act says; whoever shows the run gets each row as it changes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from rackhouse.delivery.runner.book import MAIN, Book, Page, ends
from rackhouse.store.forge import OPEN, JobRow, RunStatus
from rackhouse.workflows.model import Job
from rackhouse.workflows.picture import titles

OnJob = Callable[[JobRow], None]
_RESULTS = {
    "success": RunStatus.PASSED,
    "failure": RunStatus.FAILED,
    "skipped": RunStatus.SKIPPED,
    "cancelled": RunStatus.CANCELLED,
}

ROOM = 10_000  # rows of one file: the matrices that it makes while it runs are among them
Key = tuple[str, frozenset[tuple[str, str]]]


class Jobs:
    """Rows from the position `first` on; a file has room for `ROOM` of them."""

    def __init__(self, pages: Book, run: int, first: int, on_job: OnJob) -> None:
        self._on_job = on_job
        self._rows: dict[Key, JobRow] = {}
        self._jobs: dict[str, Job] = {}
        self._needs: dict[str, tuple[str, ...]] = {}
        self._callers: set[str] = set()
        path = pages[MAIN].workflow.path
        self._blank = JobRow(run=run, position=0, workflow=path, name="", title="")
        self._count = itertools.count(first)
        self._add_all(pages, pages[MAIN], ())

    def _add_all(self, pages: Book, page: Page, waits_for: tuple[str, ...]) -> None:
        """The jobs of a file; in place of one that calls another, those of that."""
        for job in page.workflow.jobs:
            name = page.name(job.name)
            own = tuple(end for need in job.needs for end in ends(pages, page, need))
            self._needs[name] = own or waits_for
            self._jobs[name] = replace(job, name=name, title=page.title(job.title))
            if job.name in page.called:
                self._callers.add(name)
                self._add_all(pages, pages[page.called[job.name]], self._needs[name])
            else:
                for values in job.matrix:
                    self._add(name, values)

    def begin(self, name: str, matrix: Mapping[str, str]) -> JobRow:
        """act says something of this job; the first time it has begun. What calls others has no
        row: they have.
        """
        if name in self._callers:
            return replace(self._blank, name=name, title=self._jobs[name].title)
        key = self._key(name, matrix)
        row = self._rows[key]
        if row.status is RunStatus.WAITING:
            self._put(key, replace(row, status=RunStatus.RUNNING, began=time.time()))
        return self._rows[key]

    def end(self, name: str, matrix: Mapping[str, str], result: str, why: str) -> None:
        """act says how it ended."""
        if name in self._callers:
            return
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
            if free in self._rows and self._rows[free].status is RunStatus.WAITING:
                row = replace(self._rows.pop(free), title=self._title(name, matrix))
                self._rows[key] = row
            else:
                self._add(name, matrix)
        return key

    def _add(self, name: str, matrix: Mapping[str, str]) -> None:
        row = replace(
            self._blank,
            position=next(self._count),
            name=name,
            title=self._title(name, matrix),
            needs=self._needs.get(name, ()),
        )
        self._put((name, frozenset(matrix.items())), row)

    def _title(self, name: str, matrix: Mapping[str, str]) -> str:
        job = self._jobs.get(name) or Job(name=name, title=name)
        return titles(replace(job, matrix=(matrix,)))[0]

    def _put(self, key: Key, row: JobRow) -> None:
        self._rows[key] = row
        self._on_job(row)
