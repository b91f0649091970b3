"""What a work says, out of OSIS, TEI or ThML: text whose lines are paragraphs, and where in it
references to scripture stand.
"""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.composing import Line
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.work import Mark
from rackhouse.services.scripture.store.markup.fragments import TAG, attributes, plain
from rackhouse.services.scripture.store.osis import referred

_BREAKS = re.compile(r"p|div|lb?|lg|br|title|list|item|row|table|head|sense|entryfree|chapter|h\d")
_REFERS = frozenset({"ref", "reference", "scripref"})


class _Prose:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = Line()
        self._before = 0  # characters of the lines that are done
        self.marks: list[Mark] = []
        self._refers: tuple[Range, int] | None = None

    def text(self, said: str) -> None:
        begins = self._line.add(said)
        if self._refers and self._refers[1] < 0 and self._line.length > begins:
            self._refers = (self._refers[0], self._before + begins)

    def breaks(self) -> None:
        self.referred()
        if self._line.length:
            self._lines.append(str(self._line))
            self._before += self._line.length + 1
            self._line = Line()

    def refers(self, target: str) -> None:
        self.referred()
        verses = referred(target.partition(" ")[0])
        self._refers = (verses, -1) if verses else None

    def referred(self) -> None:
        if self._refers and self._refers[1] >= 0:
            verses, begins = self._refers
            end = self._before + self._line.length
            self.marks.append(Mark(begins, end, verses.first, verses.last))
        self._refers = None

    def __str__(self) -> str:
        self.breaks()
        return "\n".join(self._lines)


def read(said: str) -> tuple[str, tuple[Mark, ...]]:
    """The text, and its references."""
    prose = _Prose()
    at = 0
    silent = ""
    for tag in TAG.finditer(said):
        begins, end = tag.span()
        if not silent:
            prose.text(plain(said[at:begins]))
        at = end
        closes, name, has = tag.groups()
        name = name.lower()
        if silent or 'type="writing"' in has:  # Greek as old fonts had it
            silent = "" if closes and name == silent else silent or name
        elif _BREAKS.fullmatch(name):
            prose.breaks()
        elif name in _REFERS:
            told = attributes(has) if has and not closes else {}
            if target := told.get("osisRef") or told.get("parsed"):
                prose.refers(target)
            else:
                prose.referred()
    if not silent:
        prose.text(plain(said[at:]))
    text = str(prose)
    return text, tuple(prose.marks)
