"""A workflow file and those that it calls, as act is to find them. Reads the clone alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rackhouse.workflows import read_workflow
from rackhouse.workflows.model import Workflow

MAIN = "workflow.yml"


@dataclass(frozen=True, slots=True)
class Page:
    """One file: its text in the clone, and what act's copy of it is called."""

    workflow: Workflow
    text: str
    copy: str


def book(clone: Path, workflow: Workflow) -> list[Page]:
    """The workflow, then what it calls, each once. They were judged: they are there, and no circle
    leads through them.
    """
    first = Page(workflow, (clone / workflow.path).read_text("utf-8"), MAIN)
    pages = {f"./{workflow.path}": first}
    waiting = [first]
    while waiting:
        for called in (job.calls for job in waiting.pop().workflow.jobs):
            if called.startswith("./") and called not in pages:
                path = called.removeprefix("./")
                text = (clone / path).read_text("utf-8")
                page = Page(read_workflow(text, path), text, f"called-{len(pages)}.yml")
                pages[called] = page
                waiting.append(page)
    return list(pages.values())


def calls(pages: list[Page], clone: Path, desk: Path) -> Mapping[str, str]:
    """`./.github/workflows/build.yml` to its copy on the desk, as seen from the clone, which is
    where act looks.
    """
    return {
        f"./{page.workflow.path}": f"./{os.path.relpath(desk / page.copy, clone)}"
        for page in pages[1:]
    }
