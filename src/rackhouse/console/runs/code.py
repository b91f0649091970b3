"""What two releases differ in as code: commits where both were pushed, else files. Blocks."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rackhouse.delivery.repositories import Git
from rackhouse.delivery.repositories.parse import Commit
from rackhouse.kit.errors import RackhouseError

_MOST = 50  # commits or files that are named
_FILES = 20_000  # in a snapshot that is looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """`fresh` are commits that the newer has and the older has not, `gone` the other way round.
    `files` are those that differ; `more` counts what is not named. `known`: it could be told.
    """

    fresh: Sequence[Commit] = ()
    gone: Sequence[Commit] = ()
    files: Sequence[str] = ()
    more: int = 0
    known: bool = True

    @property
    def same(self) -> bool:
        """Whether it is the very same code."""
        return self.known and not (self.fresh or self.gone or self.files)


def by_commit(git: Git, old: str, new: str) -> Code | None:
    """None where a commit is not there any more, or git cannot be asked."""
    try:
        files = git.changed_paths(old, new)
        return Code(
            fresh=git.log(new, without=old, limit=_MOST),
            gone=git.log(old, without=new, limit=_MOST),
            files=files[:_MOST],
            more=len(files[_MOST:]),
        )
    except RackhouseError:
        return None


def by_file(old: Path, new: Path) -> Code:
    """What lies in two snapshots. Not `known` where one is gone or holds very much."""
    before, after = _files(old), _files(new)
    if before is None or after is None:
        return Code(known=False)
    found = sorted(before ^ after | {each for each in before & after if _other(old, new, each)})
    return Code(files=found[:_MOST], more=len(found[_MOST:]))


def _files(folder: Path) -> set[str] | None:
    found: set[str] = set()
    for path in _below(folder):
        found.add(path)
        if len(found) > _FILES:
            return None
    return found if folder.is_dir() else None


def _below(folder: Path) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        for name in names:
            yield str(Path(place, name).relative_to(folder))


def _other(old: Path, new: Path, name: str) -> bool:
    """Symbolic links are compared by where they point, and never followed."""
    one, two = old / name, new / name
    if one.is_symlink() or two.is_symlink():
        return not (one.is_symlink() and two.is_symlink()) or one.readlink() != two.readlink()
    try:
        return not filecmp.cmp(one, two, shallow=False)
    except OSError:
        return True
