"""What a repository, a branch and a commit may be called, and where a repository lies. Pure."""

from __future__ import annotations

import re
from pathlib import Path

from rackhouse.kit.errors import UsageError
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import is_name

OF_THE_RACK = "rack"  # whoever writes its default branch changes the rack itself
_LONGEST = 200  # bytes of a ref: as a file it must fit a folder, with `.lock` behind it
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# What `git check-ref-format` refuses, and what could be taken for an option.
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/[.-]|\.lock(?:/|$)|[/.]$")


def check_name(name: str) -> None:
    """UsageError unless a repository may be called that: it is also the name of an application."""
    if not is_name(name):
        raise UsageError(
            f"{name!r} cannot be the name of a repository",
            fix="use small letters, digits and hyphens, at most 40, beginning with a letter",
        )


def folder_of(paths: Paths, name: str) -> Path:
    """Where the repository of that name lies, or would. UsageError for a name that is none."""
    check_name(name)
    return paths.repositories / f"{name}.git"


def cache_of(paths: Paths, name: str) -> Path:
    """What the runs of that repository keep for its next ones."""
    check_name(name)
    return paths.caches / "runs" / name


def is_commit(word: str) -> bool:
    """Whether it is the full id of an object, and nothing else."""
    return _COMMIT.fullmatch(word) is not None


def is_ref(word: str) -> bool:
    """Whether it is the full name of a ref, `refs/heads/main`: no option, no revision syntax."""
    if not word.startswith("refs/") or _BAD_REF.search(word):
        return False
    try:
        return len(word.encode()) <= _LONGEST
    except UnicodeEncodeError:  # bytes that are not UTF-8 came as surrogates
        return False
