"""What changed, as a page shows it: coloured, folded where it is long, no more than a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from rackhouse.console.code.painter import Painter, Piece
from rackhouse.console.code.patch import Change, Hunk, Line, read_patch
from rackhouse.console.code.words import code_line
from rackhouse.delivery.repositories import Git

_BYTES = 1 << 20  # of a patch
_LINES = 3000  # of a page
_FILES = 200
_LONG = 300  # lines of a file that is folded


@dataclass(frozen=True, slots=True)
class Row:
    """`sign` as in a patch, or `@` for the head of a hunk. `old` and `new`: 0 for no number."""

    sign: str
    old: int
    new: int
    html: Markup


@dataclass(slots=True)
class File:
    """One file. `more`: how many of its lines are not shown."""

    change: Change
    rows: list[Row] = field(default_factory=list)
    more: int = 0

    @property
    def long(self) -> bool:
        """Whether it is folded at first."""
        return len(self.rows) > _LONG


@dataclass(frozen=True, slots=True)
class Diff:
    """`cut`: git said more than is read here. `more`: files that are only counted."""

    files: list[File]
    more: int
    cut: bool

    @property
    def added(self) -> int:
        """Lines that came, of those that were read."""
        return sum(file.change.added for file in self.files)

    @property
    def removed(self) -> int:
        """Lines that went."""
        return sum(file.change.removed for file in self.files)


def look_at(git: Git, before: str, after: str, painter: Painter) -> Diff:
    """What leads from one commit to the other; `before` "" for nothing at all."""
    patch, cut = git.diff(before, after, limit=_BYTES)
    changes = read_patch(patch)
    files = [File(change) for change in changes[:_FILES]]
    left = _LINES
    hunks: list[tuple[File, Hunk]] = []
    for file in files:
        for hunk in file.change.hunks:
            room = max(0, left)
            file.more += len(hunk.lines[room:])
            left -= len(hunk.lines)
            if room:
                hunks.append((file, Hunk(hunk.heading, hunk.lines[:room])))
    _colour(hunks, painter)
    return Diff(files, len(changes) - len(files), cut)


def _colour(hunks: list[tuple[File, Hunk]], painter: Painter) -> None:
    pieces = [piece for file, hunk in hunks for piece in _sides(file.change, hunk)]
    html = painter.code(pieces)
    for number, (file, hunk) in enumerate(hunks):
        old, new = iter(html[2 * number]), iter(html[2 * number + 1])
        file.rows.append(Row("@", 0, 0, Markup.escape(code_line(hunk.heading))))
        file.rows += [
            Row(line.sign, line.old, line.new, _html(line, old, new)) for line in hunk.lines
        ]


def _sides(change: Change, hunk: Hunk) -> tuple[Piece, Piece]:
    """The hunk as it was and as it is: each alone is code."""
    old = [code_line(line.text) for line in hunk.lines if line.sign in " -"]
    new = [code_line(line.text) for line in hunk.lines if line.sign in " +"]
    return (change.before or change.path, old), (change.path, new)


def _html(line: Line, old: Iterator[Markup], new: Iterator[Markup]) -> Markup:
    if line.sign == " ":
        next(old)
    if line.sign in " +":
        return next(new)
    return next(old) if line.sign == "-" else Markup.escape(code_line(line.text))
