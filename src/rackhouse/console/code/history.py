"""Commits: in a row, one by one, and what is between two of them. Blocks: called in a thread."""

from __future__ import annotations

from rackhouse.console.code.asked import Asked
from rackhouse.console.code.diffs import look_at
from rackhouse.console.code.home import Look
from rackhouse.console.code.painter import Painter
from rackhouse.kit.errors import Missing

_PAGE = 50


def commits(asked: Asked, _: Painter) -> Look:
    """The commits that lead to what is looked at, a page of them."""
    if not asked.sha:
        return "code/empty", {}
    skip = (asked.page - 1) * _PAGE
    found = asked.git.log(asked.sha, limit=_PAGE + 1, skip=skip, path=asked.path)
    return "code/commits", {"commits": found[:_PAGE], "more": len(found) > _PAGE}


def commit(asked: Asked, painter: Painter) -> Look:
    """One commit: what it says, and what it changed against its first parent. Missing."""
    sha = asked.find(asked.words["sha"])
    found = asked.git.commit(sha)
    before = found.parents[0] if found.parents else ""
    return "code/commit", {"commit": found, "diff": look_at(asked.git, before, sha, painter)}


def compare(asked: Asked, painter: Painter) -> Look:
    """What a branch, tag or commit has that another has not, since they parted."""
    if not asked.sha:
        return "code/empty", {}
    base = asked.words.get("base", "") or asked.at
    to = asked.words.get("to", "") or asked.at
    ends = asked.find(base), asked.find(to)
    fork = asked.git.fork(*ends)
    if not fork:
        raise Missing("the two have no commit in common, so there is nothing to compare")
    ahead = asked.git.distance(*ends)[1]
    return "code/compare", {
        "base": base,
        "to": to,
        "ahead": ahead,
        "commits": asked.git.log(ends[1], without=ends[0], limit=_PAGE),
        "diff": look_at(asked.git, fork, ends[1], painter),
    }
