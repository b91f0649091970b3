"""The workflow files of a checkout that a run sets going, judged whole before anything runs."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rackhouse.delivery.repositories import Git
from rackhouse.kit.errors import FileError, Missing, Problem
from rackhouse.kit.files import read_text
from rackhouse.store.forge import Event, RepositoryRow, RunRow
from rackhouse.workflows import Triggered, read_workflow, refusals, triggered, workflow_files
from rackhouse.workflows.evaluate import facts
from rackhouse.workflows.model import Workflow
from rackhouse.workflows.trigger import FOLDERS


@dataclass(frozen=True, slots=True)
class Found:
    """The workflows that a run sets going. `instead`: some files are about pushes, so that they say
    what is tested, and not what lies in the folder.
    """

    triggered: tuple[Triggered, ...]
    instead: bool


async def workflows_of(checkout: Path, git: Git, run: RunRow, repository: RepositoryRow) -> Found:
    """Those of the checkout. FileError with every problem of every file, and with what of the
    triggered ones this rack cannot do; Missing when the file that the run is for is not there.
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
    mine = tuple(_triggered(found, run, repository, changed))
    refused = (_refused(it, checkout, run, repository) for it in mine)
    wrong += [it for it in refused if it]
    if wrong:
        raise _together(wrong)
    if run.workflow and not mine:
        raise Missing(
            f"{run.workflow} is not there any more, or is not for `{run.event}`",
            where=f"{run.repository} {run.branch} {run.sha[:7]}",
            fix="see `on:` of the file, and `rackhouse runs start --help`",
        )
    about_pushes = any(one.on.push or one.on.pull_request for one in found)
    return Found(mine, about_pushes)


def _refused(
    it: Triggered, checkout: Path, run: RunRow, repository: RepositoryRow
) -> FileError | None:
    known = facts(
        event=it.event,
        ref=run.ref,
        default_branch=repository.default_branch,
        repository=repository.name,
    )
    problems = refusals(
        it.workflow,
        has_engine=False,
        online=repository.real_actions,
        known=known,
        read=partial(_read, checkout),
    )
    return FileError(it.workflow.path, problems) if problems else None


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


def _triggered(
    workflows: Sequence[Workflow],
    run: RunRow,
    repository: RepositoryRow,
    changed: Collection[str] | None,
) -> Iterator[Triggered]:
    """A pushed branch is a push, and means to go into the default one as a pull request does; a
    workflow that wants both runs once.
    """
    push = (Event.PUSH, Event.PULL_REQUEST)
    events = (run.event,) if run.workflow else push  # by hand, it is the same commit once more
    for workflow in workflows:
        if run.workflow in {"", workflow.path}:
            for event in events:
                if triggered(
                    workflow,
                    event=event.value,
                    ref=run.ref,
                    default_branch=repository.default_branch,
                    changed=changed,
                ):
                    yield Triggered(workflow, event.value)
                    break


def _together(wrong: list[FileError]) -> FileError:
    if len(wrong) == 1:
        return wrong[0]
    problems: list[Problem] = []
    for error in wrong:
        problems += [_under(error.where, problem) for problem in error.problems]
    return FileError("the workflows", problems)


def _under(file: str, problem: Problem) -> Problem:
    return replace(problem, path=f"{file} {problem.path}".rstrip())
