"""Which pushes are taken: a table of checks, each a sentence that whoever pushed reads.

Asked before git moves any ref, while what was pushed lies in git's quarantine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rackhouse.delivery.access import Caller
from rackhouse.delivery.repositories import rack
from rackhouse.delivery.repositories.git import Git
from rackhouse.delivery.repositories.names import is_ref
from rackhouse.delivery.runs.queue import Update
from rackhouse.store.forge import RepositoryRow, Scope

BRANCH, TAG = "refs/heads/", "refs/tags/"
MOST = 500  # refs of one push: each branch becomes a run


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What is about to happen. `git` sees what was pushed already."""

    repository: RepositoryRow
    caller: Caller
    updates: Sequence[Update]
    git: Git


def judge(push: Push) -> list[str]:
    """Why the push is refused, all reasons at once; empty when it is taken."""
    if len(push.updates) > MOST:
        return [f"{len(push.updates)} refs at once; push at most {MOST}"]
    return [why for update in push.updates for check in CHECKS if (why := check(push, update))]


def is_protected(row: RepositoryRow, ref: str) -> bool:
    """Whether it is a protected branch."""
    branch = ref.removeprefix(BRANCH)
    return ref.startswith(BRANCH) and any(fnmatchcase(branch, p) for p in row.protected)


def _kind(_: Push, update: Update) -> str:
    if update.ref.startswith((BRANCH, TAG)):
        return ""
    return f"{_shown(update.ref)}: only branches and tags are taken"


def _name(_: Push, update: Update) -> str:
    if is_ref(update.ref) or not update.after:
        return ""
    return f"{_shown(update.ref)}: this name is too long or too odd for a branch or a tag"


def _default(push: Push, update: Update) -> str:
    if update.after or update.ref != f"{BRANCH}{push.repository.default_branch}":
        return ""
    return f"{push.repository.default_branch} is the default branch and is not deleted"


def _protected(push: Push, update: Update) -> str:
    if not is_protected(push.repository, update.ref):
        return ""
    branch = _shown(update.ref.removeprefix(BRANCH))
    if not push.caller.may(Scope.ADMIN, push.repository.name):
        return f"{branch} is protected: a token with the scope admin is needed"
    if not update.after:
        return f"{branch} is protected and is not deleted"
    if update.before and not push.git.is_ancestor(update.before, update.after):
        return f"{branch} is protected: no force push. Fetch, merge, push again"
    return ""


def _rack_file(push: Push, update: Update) -> str:
    if push.repository.name != rack.REPOSITORY or not update.ref.startswith(BRANCH):
        return ""
    return rack.wrong(push.git, update.after) if update.after else ""


def _shown(name: str) -> str:
    """A name as a terminal may show it, whatever is in it."""
    return name if name.isprintable() else ascii(name)


Check = Callable[[Push, Update], str]
CHECKS: tuple[Check, ...] = (_kind, _name, _default, _protected, _rack_file)
