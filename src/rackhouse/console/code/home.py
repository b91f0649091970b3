"""One repository at a glance, and its branches. Blocks: called in a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rackhouse.console.code.asked import Asked
from rackhouse.console.code.painter import Painter
from rackhouse.console.code.words import code_lines
from rackhouse.delivery.repositories.parse import Branch, Entry

Look = tuple[str, dict[str, object]]  # a template, and what it is given

_BRANCHES = 50  # of which it is said how far they are from the default one
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A branch, and how many commits it is from the default one; None where nobody counted."""

    branch: Branch
    apart: tuple[int, int] | None
    default: bool


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
        "touched": asked.git.touched(asked.sha, asked.path),
        "readme": _readme(asked, entries, painter),
    }


def branches(asked: Asked, _: Painter) -> Look:
    """Every branch with its last commit, and the tags."""
    default = asked.git.find(asked.row.default_branch)
    found = []
    for number, branch in enumerate(asked.branches):
        counted = default and number < _BRANCHES
        found.append(
            Standing(
                branch=branch,
                apart=asked.git.distance(default, branch.sha) if counted else None,
                default=branch.name == asked.row.default_branch,
            )
        )
    found.sort(key=lambda standing: not standing.default)
    return "code/branches", {"standings": found, "tags": asked.git.tags()}


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
    html = None
    if entry.name.lower().endswith(_MARKDOWN) and not blob.cut:
        where = {"repository": asked.row.name, "at": asked.links.at, "folder": asked.path}
        html = painter.readme(text, **where)
    lines = [] if html else code_lines(text)
    return Readme(name=entry.name, html=html, lines=lines, cut=blob.cut)
