"""Running a workflow file by hand: which one is meant, and whether what it is given fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.kit.errors import Missing, UsageError
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import did_you_mean
from rackhouse.store.forge import AuditRow, Event, Forge, RepositoryRow, RunRow
from rackhouse.workflows import read_workflow, workflow_files
from rackhouse.workflows.model import Input, Workflow
from rackhouse.workflows.trigger import FOLDERS


def start(
    forge: Forge,
    paths: Paths,
    repository: RepositoryRow,
    *,
    workflow: str,
    branch: str,
    given: Mapping[str, str],
    who: str,
    now: float,
) -> RunRow:
    """Queue a run of the workflow file (its name, or "" for the only one that can be started so)
    at the head of `branch`, "" for the default one. Missing, UsageError: what does not fit.
    """
    git, name = Git(folder_of(paths, repository.name)), branch or repository.default_branch
    ref = f"refs/heads/{name}"
    sha = git.head(ref)
    if not sha:
        raise Missing(f"{repository.name} has no branch {name!r}", fix="push it first")
    found = _chosen(list(workflows_at(git, sha)), workflow)
    row = RunRow(
        repository=repository.name,
        ref=ref,
        sha=sha,
        event=Event.DISPATCH,
        who=who,
        made=now,
        workflow=found.path,
        given=_inputs(found, given),
    )
    forge.note(
        AuditRow(
            at=now,
            who=who,
            what="started",
            thing=f"repository/{repository.name}",
            detail=f"{found.path} at {name} {sha[:7]}",
        )
    )
    return forge.add_run(row)


def workflows_at(git: Git, sha: str) -> Iterator[Workflow]:
    """The workflow files of a commit. FileError for one that is wrong."""
    for path in workflow_files(_names(git, sha)):
        yield read_workflow(git.blob(sha, path).content.decode(errors="replace"), path)


def _names(git: Git, sha: str) -> Iterator[str]:
    for folder in FOLDERS:
        try:
            entries = git.tree(sha, folder)
        except Missing:
            continue
        yield from (f"{folder}/{entry.name}" for entry in entries if entry.kind == "blob")


def _chosen(workflows: list[Workflow], wanted: str) -> Workflow:
    able = {one.path: one for one in workflows if one.on.dispatch}
    names = [path.rpartition("/")[2] for path in able]
    fits = [one for path, one in able.items() if wanted in {"", path, path.rpartition("/")[2]}]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UsageError(f"which one? {', '.join(names)}", fix="name the file")
    if not able:
        raise Missing(
            "no workflow file there can be started by hand",
            fix="add `workflow_dispatch:` to its `on`",
        )
    raise Missing(
        f"{wanted!r} is no workflow that can be started by hand.{did_you_mean(wanted, names)}",
        fix=f"use one of {', '.join(names)}",
    )


def _inputs(workflow: Workflow, given: Mapping[str, str]) -> Mapping[str, str]:
    known = {one.name: one for one in workflow.on.inputs}
    for name in given:
        if name not in known:
            raise UsageError(
                f"{workflow.path} asks for no input {name!r}.{did_you_mean(name, known)}",
                fix=f"it has: {', '.join(known) or 'none'}",
            )
    found = {name: given.get(name, one.default) for name, one in known.items()}
    for name, value in found.items():
        if wrong := _wrong(known[name], value):
            raise UsageError(f"the input {name!r} {wrong}", fix=f"--input {name}=VALUE")
    return found


def _wrong(wanted: Input, value: str) -> str:
    if not value:
        return "is required" if wanted.required else ""
    if wanted.kind == "choice" and value not in wanted.options:
        return f"is one of {', '.join(wanted.options)}, and not {value!r}"
    if wanted.kind == "boolean" and value not in {"true", "false"}:
        return f"is true or false, and not {value!r}"
    if wanted.kind == "number" and not value.removeprefix("-").replace(".", "", 1).isdecimal():
        return f"is a number, and not {value!r}"
    return ""
