"""Repositories made, changed and removed. The row says whether there is one; its folder has it.

Each order is such that a kill in between leaves either what was there before, or what the same call
once more finishes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rackhouse.delivery.repositories.git import Git
from rackhouse.delivery.repositories.names import OF_THE_RACK, cache_of, folder_of, is_ref
from rackhouse.delivery.repositories.rename import mend
from rackhouse.delivery.repositories.settings import environment
from rackhouse.delivery.repositories.size import quota_of, size_of
from rackhouse.delivery.runs.queue import Update
from rackhouse.kit.errors import HostError, Missing, Refused, UsageError
from rackhouse.kit.files import host_error, make_folder
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run_sync
from rackhouse.kit.text import did_you_mean, format_bytes, parse_bytes
from rackhouse.store.forge import AuditRow, Forge, RepositoryRow

_BRANCH = "refs/heads/"
LEFT = ".gone"  # what a folder ends with that upkeep removes


def create(
    forge: Forge,
    paths: Paths,
    name: str,
    *,
    by: str,
    now: float,
    description: str = "",
    default_branch: str = "main",
) -> RepositoryRow:
    """Make an empty repository. Refused when there is one of that name; UsageError for a bad name.

    The folder comes first: one without a row is a creation that was cut, and is taken up.
    """
    folder = folder_of(paths, name)
    mend(forge, paths)  # or its folder could be that of one that was renamed and cut
    if not is_ref(f"refs/heads/{default_branch}"):
        raise UsageError(f"{default_branch!r} cannot be the name of a branch")
    if forge.repository(name) is not None:
        raise Refused(f"there is a repository {name} already", fix="push to it, or name another")
    if not folder.exists():
        _make(folder, default_branch)
    row = RepositoryRow(
        name=name,
        default_branch=default_branch,
        description=description,
        protected=(default_branch,) if name == OF_THE_RACK else (),
        made=now,
        made_by=by,
    )
    forge.put_repository(row)
    forge.note(AuditRow(at=now, who=by, what="created", thing=f"repository/{name}"))
    return row


def change(
    forge: Forge, paths: Paths, name: str, *, by: str, now: float, **changes: Any
) -> RepositoryRow:
    """Change fields of its row: `protected`, `default_branch`, `quota` (bytes, or `5Gi`), ...

    Missing when there is no such repository, UsageError when a value is none.
    """
    row = replace(known(forge, name), **_parsed(changes))
    patterns: Sequence[str] = row.protected
    for pattern in patterns:
        if not is_ref(f"refs/heads/{pattern.replace('*', 'x')}"):
            fix = "give a branch, or a pattern such as 'release/*'"
            raise UsageError(f"{pattern!r} matches no branch", fix=fix)
    if "default_branch" in changes:
        set_head(paths, row)
    forge.put_repository(row)
    detail = " ".join(f"{key}={value}" for key, value in changes.items())
    forge.note(AuditRow(at=now, who=by, what="changed", thing=f"repository/{name}", detail=detail))
    return row


def remove(forge: Forge, paths: Paths, name: str, *, by: str, now: float) -> None:
    """Remove a repository with all its history. Its application and releases stay. Missing.

    The folder goes first, and by its name at once: a row without one can be removed again, but a
    folder without a row would be taken up by whoever makes the next one of that name.
    """
    known(forge, name)
    mend(forge, paths)
    folder = folder_of(paths, name)
    gone = folder.with_name(f".{name}.{os.urandom(4).hex()}{LEFT}")
    try:
        if folder.exists():
            folder.rename(gone)
    except OSError as error:
        raise host_error(error, folder) from error
    forge.drop_repository(name)
    forge.note(AuditRow(at=now, who=by, what="removed", thing=f"repository/{name}"))
    for left in (gone, cache_of(paths, name)):
        shutil.rmtree(left, ignore_errors=True)  # upkeep does what is left


def summary(paths: Paths, row: RepositoryRow) -> str:
    """One line for people."""
    size = f"{format_bytes(size_of(folder_of(paths, row.name)))} of {format_bytes(quota_of(row))}"
    words = [size, row.default_branch]
    words += [f"protected: {' '.join(row.protected)}"] if row.protected else []
    words += [] if row.trusted else ["untrusted"]
    words += [] if row.previews else ["no previews"]
    words += ["real actions"] if row.real_actions else []
    return "; ".join(words) + (f"  {row.description}" if row.description else "")


def known(forge: Forge, name: str) -> RepositoryRow:
    """The repository of that name. Missing, with the one that may be meant."""
    row = forge.repository(name)
    if row is None:
        hint = did_you_mean(name, [each.name for each in forge.repositories()])
        raise Missing(
            f"there is no repository {name!r}.{hint}", fix="see `rackhouse repository list`"
        )
    return row


def _parsed(changes: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(quota := changes.get("quota", 0), str):
        return changes
    try:
        return {**changes, "quota": 0 if quota == "0" else parse_bytes(quota)}
    except ValueError as error:
        raise UsageError(str(error), fix="give a size such as 500Mi or 5Gi") from error


def set_head(paths: Paths, row: RepositoryRow) -> None:
    """Let the repository's HEAD be its default branch: what a clone checks out. UsageError."""
    ref = f"refs/heads/{row.default_branch}"
    if not is_ref(ref):
        raise UsageError(f"{row.default_branch!r} cannot be the name of a branch")
    _git(folder_of(paths, row.name), "symbolic-ref", "HEAD", ref)


def settle_default(
    forge: Forge, paths: Paths, row: RepositoryRow, updates: Sequence[Update]
) -> RepositoryRow:
    """The row after a push: one whose first branch has another name takes that as its default."""
    git = Git(folder_of(paths, row.name))
    pushed = [update.ref for update in updates if update.after and update.ref.startswith(_BRANCH)]
    if not pushed or git.head(f"{_BRANCH}{row.default_branch}"):
        return row
    first = next((ref for ref in pushed if ref == f"{_BRANCH}master"), pushed[0])
    row = replace(row, default_branch=first.removeprefix(_BRANCH))
    set_head(paths, row)
    forge.put_repository(row)
    return row


def _make(folder: Path, default_branch: str) -> None:
    make_folder(folder.parent)
    draft = folder.with_name(f".{folder.name}.{os.urandom(4).hex()}{LEFT}")
    try:
        draft.mkdir(mode=0o700)
        _git(
            draft, "init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}"
        )
        if not folder.exists():  # another push of that name may have been faster
            draft.rename(folder)
    except OSError as error:
        if not folder.exists():
            raise host_error(error, folder) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _git(folder: Path, *words: str) -> None:
    done = run_sync(["git", *words], env=environment(GIT_DIR=str(folder)), timeout=60)
    if done.code:
        raise HostError(f"git {words[0]} failed: {done.last}", where=str(folder))
