"""One repository at a glance, and its branches. Blocks: called in a thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from rackhouse.console.code.asked import Asked
from rackhouse.console.code.painter import Painter
from rackhouse.console.code.words import code_lines
from rackhouse.delivery.repositories import Git
from rackhouse.delivery.repositories.parse import Entry

Look = tuple[str, dict[str, object]]  # a template, and what it is given

_MOMENT = 3.0  # seconds for counting commits
_LARGEST = 192 * 1024  # bytes of a README
_MARKDOWN = (".md", ".markdown")
_READMES = ("readme.md", "readme.markdown", "readme.txt", "readme.rst", "readme")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readme:
    """`html`, or else its `lines` as they are."""

    name: str
    html: Markup | None
    lines: Sequence[str]
    cut: bool


def home(asked: Asked, painter: Painter) -> Look:
    """The repository: its last commit, files and README; how to begin, where there is nothing."""
    if not asked.sha:
        return "code/empty", {}
    return "code/repository", {
        "last": asked.git.commit(asked.sha),
        "tags": len(asked.git.tags()),
        **folder(asked, painter),
    }


def folder(asked: Asked, painter: Painter) -> dict[str, object]:
    """What lies in the folder that is asked for, who touched it last, and its README."""
    entries = asked.git.tree(asked.sha, asked.path)
    return {
        "entries": entries,
        "touched": asked.quickly(lambda git: git.touched(asked.sha, asked.path)) or {},
        "readme": _readme(asked, entries, painter),
    }


def branches(asked: Asked, _: Painter) -> Look:
    """Every branch with its last commit, the default one first, and the tags."""
    default = asked.git.find(asked.row.default_branch)
    found = sorted(asked.branches, key=lambda branch: branch.name != asked.row.default_branch)
    apart = _apart(asked, default)
    return "code/branches", {"branches": found, "apart": apart, "tags": asked.git.tags()}


def rendered(asked: Asked, name: str, text: str, folder: str, painter: Painter) -> Markup | None:
    """A file in Markdown as HTML; None for another, or when it cannot be had."""
    if not name.lower().endswith(_MARKDOWN) or len(text) > _LARGEST:
        return None
    return painter.readme(text, repository=asked.row.name, at=asked.links.at, folder=folder)


def _apart(asked: Asked, default: str) -> dict[str, tuple[int, int]]:
    """How far branches are from the default one: of as many as git counts in a moment."""
    found: dict[str, tuple[int, int]] = {}
    until = time.monotonic() + _MOMENT
    for branch in asked.branches if default else ():
        if time.monotonic() > until:
            break
        if far := asked.quickly(partial(Git.distance, base=default, sha=branch.sha)):
            found[branch.name] = far
    return found


def _readme(asked: Asked, entries: Sequence[Entry], painter: Painter) -> Readme | None:
    files = {entry.name.lower(): entry for entry in entries if entry.kind == "blob"}
    entry = next((files[name] for name in _READMES if name in files), None)
    if entry is None or entry.link:
        return None
    path = f"{asked.path}/{entry.name}" if asked.path else entry.name
    blob = asked.git.blob(asked.sha, path, limit=_LARGEST)
    if blob.binary:
        return None
    text = blob.content.decode(errors="replace")
    html = None if blob.cut else rendered(asked, entry.name, text, asked.path, painter)
    lines = [] if html else code_lines(text)
    return Readme(name=entry.name, html=html, lines=lines, cut=blob.cut)
