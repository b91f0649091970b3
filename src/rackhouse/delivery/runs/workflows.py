"""The workflow files of a checkout that a run sets going, judged whole before anything runs."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from rackhouse.delivery.repositories import Git
from rackhouse.kit.errors import FileError, Problem
from rackhouse.kit.files import read_text
from rackhouse.store.forge import Event, RepositoryRow, RunRow
from rackhouse.workflows import read_workflow, refusals, triggered, workflow_files
from rackhouse.workflows.evaluate import facts
from rackhouse.workflows.model import Workflow
from rackhouse.workflows.trigger import FOLDERS


async def workflows_of(
    checkout: Path, git: Git, run: RunRow, repository: RepositoryRow
) -> list[Workflow]:
    """Those that this run triggers. FileError with every problem of every file, and with what of
    the triggered ones this rack cannot do.
    """
    names = await asyncio.to_thread(_names, checkout)
    wrong: list[FileError] = []
    found = []
    for name in workflow_files(names):
        try:
            found.append(read_workflow(read_text(checkout / name) or "", name))
        except FileError as error:
            wrong.append(error)
    changed = await asyncio.to_thread(_changed, git, run)
    mine = [workflow for workflow in found if _runs(workflow, run, repository, changed)]
    known = facts(
        event="push",
        ref=run.ref,
        default_branch=repository.default_branch,
        repository=repository.name,
    )
    for workflow in mine:
        problems = refusals(
            workflow, has_engine=False, online=False, known=known, read=partial(_read, checkout)
        )
        if problems:
            wrong.append(FileError(workflow.path, problems))
    if wrong:
        raise _together(wrong)
    return mine


def _read(checkout: Path, path: str) -> str | None:
    """A file of the checkout; None where there is none, or where it would lie outside."""
    file = (checkout / path).resolve()
    inside = file.is_relative_to(checkout.resolve()) and file.is_file()
    return read_text(file) if inside else None


def _names(checkout: Path) -> list[str]:
    folders = (checkout / folder for folder in FOLDERS)
    files = (file for folder in folders if folder.is_dir() for file in folder.iterdir())
    return [str(file.relative_to(checkout)) for file in files if file.is_file()]


def _changed(git: Git, run: RunRow) -> Collection[str] | None:
    if not run.before or not git.has(run.before):
        return None
    return git.changed_paths(run.before, run.sha)


def _runs(
    workflow: Workflow, run: RunRow, repository: RepositoryRow, changed: Collection[str] | None
) -> bool:
    """A pushed branch is a push, and means to go into the default one as a pull request does."""
    by_push = run.event in {Event.PUSH, Event.DISPATCH}  # by hand it is the same commit once more
    events = (Event.PUSH, Event.PULL_REQUEST) if by_push else (run.event,)
    return any(
        triggered(
            workflow,
            event=event.value,
            ref=run.ref,
            default_branch=repository.default_branch,
            changed=changed,
        )
        for event in events
    )


def _together(wrong: list[FileError]) -> FileError:
    if len(wrong) == 1:
        return wrong[0]
    problems: list[Problem] = []
    for error in wrong:
        problems += [_under(error.where, problem) for problem in error.problems]
    return FileError("the workflows", problems)


def _under(file: str, problem: Problem) -> Problem:
    return replace(problem, path=f"{file} {problem.path}".rstrip())
