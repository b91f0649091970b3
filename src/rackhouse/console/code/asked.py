"""What a request asks for: a repository, a place in its history, a path. Believes no word of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rackhouse.console.code.links import Links
from rackhouse.console.code.words import shown
from rackhouse.delivery.repositories import Git, folder_of
from rackhouse.delivery.repositories.parse import Branch
from rackhouse.kit.errors import Missing, NotReady
from rackhouse.kit.paths import Paths
from rackhouse.store.forge import RepositoryRow

Found = TypeVar("Found")

_PATIENCE = 10.0  # seconds for one answer of git's
_MOMENT = 3.0  # for what a page can do without
_PAGES = 6  # digits of a page's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`at` is what is looked at, in words, and `sha` its commit: "" in an empty repository.

    `words`: what the address says besides.
    """

    row: RepositoryRow
    git: Git
    branches: Sequence[Branch]
    at: str
    sha: str
    path: str
    words: Mapping[str, str]

    @property
    def links(self) -> Links:
        """Addresses of pages that look at the same."""
        return Links(self.row.name, "" if self.at == self.row.default_branch else self.at)

    def quickly(self, look: Callable[[Git], Found]) -> Found | None:
        """What a page can do without: in a long history, None unless git knows it in a moment."""
        try:
            return look(replace(self.git, patience=_MOMENT))
        except NotReady:
            return None

    @property
    def page(self) -> int:
        """Which page of a list, from 1."""
        word = self.words.get("page", "")
        return (
            max(1, int(word)) if word.isascii() and word.isdecimal() and len(word) <= _PAGES else 1
        )

    def find(self, word: str) -> str:
        """The commit of a branch, tag or id. Missing."""
        if sha := self.git.find(word):
            return sha
        raise Missing(f"{self.row.name} has no branch, tag or commit {shown(word)!r}")


def look_up(row: RepositoryRow, paths: Paths, words: Mapping[str, str]) -> Asked:
    """What these words ask for in a repository. Blocks. Missing when they name no commit of it.

    Without any: the default branch or, where that was never pushed, the newest one.
    """
    git = Git(folder_of(paths, row.name), patience=_PATIENCE)
    branches = git.branches()
    names = [branch.name for branch in branches]
    usual = row.default_branch if row.default_branch in names else next(iter(names), "")
    at = words.get("at", "") or usual
    asked = Asked(
        row=row,
        git=git,
        branches=branches,
        at=at,
        sha="",
        path=words.get("path", ""),
        words=words,
    )
    return replace(asked, sha=asked.find(at)) if at else asked
