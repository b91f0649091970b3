"""A workflow file and those that it calls, as act is to find them. Reads the clone alone.

Each call has a copy of its own, so that act's word for the copy says whose job it speaks of.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.kit.errors import Refused
from rackhouse.workflows import read_workflow
from rackhouse.workflows.model import Job, Workflow

MAIN = "workflow.yml"
_MOST = 100  # calls of one file and of all that it calls
_COPY = re.compile(r"(?:^|/)(called-\d+\.yml)/")


@dataclass(frozen=True, slots=True)
class Page:
    """One file: its text in the clone, and what act's copy of it is called.

    `callers`: the jobs that are this file, from the outside in. `called`: copies, by the job that
    each is.
    """

    workflow: Workflow
    text: str
    copy: str = MAIN
    callers: tuple[str, ...] = ()
    called: dict[str, str] = field(default_factory=dict)

    def name(self, job: str) -> str:
        """What a job of this file is called in the whole: `build/compile`."""
        return "/".join((*self.callers, job))

    def title(self, title: str) -> str:
        """The same for people."""
        return " / ".join((*self.callers, title))

    def calls(self, clone: Path, desk: Path) -> Mapping[str, str]:
        """By job, where its copy lies on the desk, as seen from the clone: there act looks."""
        return {
            job: f"./{os.path.relpath(desk / copy, clone)}" for job, copy in self.called.items()
        }


Book = Mapping[str, Page]  # by copy; the first is the workflow itself


def book(clone: Path, workflow: Workflow) -> Book:
    """The workflow and all that it calls. They were judged: they are there, and no circle leads
    through them. Refused when there are too many.
    """
    pages = {MAIN: Page(workflow, (clone / workflow.path).read_text("utf-8"))}
    waiting = [pages[MAIN]]
    while waiting:
        page = waiting.pop(0)
        for job in page.workflow.jobs:
            if job.calls.startswith("./"):
                copy = f"called-{len(pages)}.yml"
                page.called[job.name] = copy
                pages[copy] = _called(clone, page, job, copy)
                waiting.append(pages[copy])
        if len(pages) > _MOST:
            raise Refused(
                f"{workflow.path} calls other workflows over {_MOST} times",
                fix="call fewer, or put their jobs together",
            )
    return pages


def _called(clone: Path, page: Page, job: Job, copy: str) -> Page:
    path = job.calls.removeprefix("./")
    text = (clone / path).read_text("utf-8")
    return Page(read_workflow(text, path), text, copy, (*page.callers, job.name))


def page_of(pages: Book, said: str) -> Page:
    """Which file act speaks of, by its own long name of a job: `build/called-1.yml/compile`."""
    found = _COPY.findall(said)
    return pages[found[-1]] if found and found[-1] in pages else pages[MAIN]


def leaves(pages: Book, page: Page) -> Sequence[str]:
    """The jobs for which nothing of the file waits, by their names in the whole."""
    needed = {need for job in page.workflow.jobs for need in job.needs}
    return [
        name
        for job in page.workflow.jobs
        if job.name not in needed
        for name in ends(pages, page, job.name)
    ]


def ends(pages: Book, page: Page, job: str) -> Sequence[str]:
    """What has ended when this job of the file has: itself, or the last of the file that it is."""
    copy = page.called.get(job)
    return leaves(pages, pages[copy]) if copy else [page.name(job)]
