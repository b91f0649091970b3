"""Which files are workflows, and whether an event runs one. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rackhouse.workflows.glob import matches
from rackhouse.workflows.model import Filter, Workflow

FOLDERS = (".gitea/workflows", ".github/workflows")
EVENTS = ("push", "pull_request", "schedule", "workflow_dispatch")

_BRANCH, _TAG = "refs/heads/", "refs/tags/"


@dataclass(frozen=True, slots=True)
class Triggered:
    """A workflow, and the event that runs it."""

    workflow: Workflow
    event: str


def workflow_files(paths: Iterable[str]) -> list[str]:
    """Those of a repository's paths that are workflows. As on Gitea, its folder hides GitHub's."""
    found: dict[str, list[str]] = {folder: [] for folder in FOLDERS}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if folder in found and name.endswith((".yaml", ".yml")):
            found[folder].append(path)
    return sorted(next((files for files in found.values() if files), []))


def triggered(
    workflow: Workflow,
    *,
    event: str,
    ref: str,
    default_branch: str,
    changed: Collection[str] | None,
) -> bool:
    """Whether `event` at `ref` (`refs/heads/...`, `refs/tags/...`) runs the workflow.

    `changed`: the paths that differ from before; None: not known, so filters of paths let it pass.
    A `pull_request` is a branch that was pushed and means to go into the default branch, so its
    `branches` are those it goes into.
    """
    on = workflow.on
    if event == "push":
        return on.push is not None and _ref_passes(on.push, ref) and _passes(on.push, ref, changed)
    default = ref == _BRANCH + default_branch
    if event == "pull_request":
        if on.pull_request is None or default or not ref.startswith(_BRANCH):
            return False
        into = _chosen(on.pull_request.branches, on.pull_request.branches_ignore, default_branch)
        return into and _passes(on.pull_request, ref, changed)
    if event == "schedule":
        return bool(on.schedule) and default
    return event == "workflow_dispatch" and on.dispatch


def _ref_passes(wanted: Filter, ref: str) -> bool:
    """A filter of branches alone means no tags, and the other way round."""
    branches = bool(wanted.branches or wanted.branches_ignore)
    tags = bool(wanted.tags or wanted.tags_ignore)
    if ref.startswith(_BRANCH):
        name = ref.removeprefix(_BRANCH)
        return _chosen(wanted.branches, wanted.branches_ignore, name) and (branches or not tags)
    if ref.startswith(_TAG):
        name = ref.removeprefix(_TAG)
        return _chosen(wanted.tags, wanted.tags_ignore, name) and (tags or not branches)
    return False


def _chosen(only: tuple[str, ...], ignore: tuple[str, ...], name: str) -> bool:
    return matches(only, name) if only else not matches(ignore, name)


def _passes(wanted: Filter, ref: str, changed: Collection[str] | None) -> bool:
    """Whether a changed path is wanted. A tag changes none, so its push is not asked."""
    if changed is None or ref.startswith(_TAG):
        return True
    if wanted.paths:
        return any(matches(wanted.paths, path) for path in changed)
    return not wanted.paths_ignore or not all(matches(wanted.paths_ignore, p) for p in changed)
