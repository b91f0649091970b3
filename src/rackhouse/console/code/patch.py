"""What git says has changed, as values. Pure; names and lines may hold anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_LETTERS = dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True))
_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Line:
    """`sign`: ` `, `-`, `+`, or `\\` for a remark of git's. `old`, `new`: 0 on no such side."""

    sign: str
    old: int
    new: int
    text: str


@dataclass(slots=True)
class Hunk:
    """Lines that follow one another. `heading`: the function they are in, as git guesses."""

    heading: str
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Change:
    """One file. `before` is its old name where it had another; `notes`: what is not in lines."""

    path: str
    before: str = ""
    kind: str = "changed"  # added, removed, renamed, copied
    binary: bool = False
    notes: list[str] = field(default_factory=list)
    hunks: list[Hunk] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many lines came."""
        return self._count("+")

    @property
    def removed(self) -> int:
        """How many lines went."""
        return self._count("-")

    def _count(self, sign: str) -> int:
        return sum(line.sign == sign for hunk in self.hunks for line in hunk.lines)


def read_patch(patch: str) -> list[Change]:
    """The files of a patch as `git diff-tree -p` writes it, whole or cut anywhere."""
    lines = iter(patch.removesuffix("\n").split("\n"))
    found: list[Change] = []
    for line in lines:
        if line.startswith("diff --git "):
            found.append(Change(path=_both(line.removeprefix("diff --git "))))
        elif found and (match := _HUNK.fullmatch(line)):
            found[-1].hunks.append(_hunk(match, lines))
        elif line.startswith("\\ ") and found and found[-1].hunks:
            found[-1].hunks[-1].lines.append(Line("\\", 0, 0, line[1:]))
        elif found:
            _header(found[-1], line)
    return found


def _header(change: Change, line: str) -> None:
    word, _, rest = line.partition(" ")
    if word == "+++" and rest != "/dev/null":
        change.path = _name(rest)[2:]
    elif line.startswith(("new file mode ", "deleted file mode ")):
        change.kind = "added" if word == "new" else "removed"
    elif line.startswith(("old mode ", "new mode ")):
        change.notes.append(line)
    elif word in {"rename", "copy"}:
        change.kind = "renamed" if word == "rename" else "copied"
        if rest.startswith("from "):
            change.before = _name(rest.removeprefix("from "))
        else:
            change.path = _name(rest.removeprefix("to "))
    elif line.startswith("Binary files "):
        change.binary = True


def _hunk(match: re.Match[str], lines: Iterator[str]) -> Hunk:
    """As many lines as its head says: what they begin with is never taken for a header."""
    old, new = _number(match[1]), _number(match[3])
    left = [_number(match[2] or "1"), _number(match[4] or "1")]
    hunk = Hunk(match[5])
    while (left[0] > 0 or left[1] > 0) and (line := next(lines, None)) is not None:
        sign, text = line[:1] or " ", line[1:]
        here = Line(sign, old if sign in " -" else 0, new if sign in " +" else 0, text)
        hunk.lines.append(here)
        for side, signs in enumerate((" -", " +")):
            left[side] -= sign in signs
        old, new = old + (sign in " -"), new + (sign in " +")
    return hunk


def _both(names: str) -> str:
    """The name in `a/NAME b/NAME`. Where the two differ, other lines tell."""
    return _name(names[: len(names) // 2])[2:]


def _name(text: str) -> str:
    """A name as git writes it: between quotes, with escapes, where it is odd."""
    text = text.removesuffix("\t")
    if not text.startswith('"'):
        return text
    return _ESCAPE.sub(_byte, text[1:].removesuffix('"').encode()).decode(errors="surrogateescape")


def _byte(match: re.Match[bytes]) -> bytes:
    word = match[1]
    return bytes([int(word, 8) & 0xFF if len(word) > 1 else _LETTERS.get(word[0], word[0])])


def _number(text: str) -> int:
    return int(text[:_LONGEST_NUMBER])
