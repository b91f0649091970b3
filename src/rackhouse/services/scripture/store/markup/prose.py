"""What a work says, out of OSIS, TEI or ThML: text whose lines are paragraphs, and where in it
references to scripture stand.
"""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.canon.books import BY_CODE
from rackhouse.services.scripture.model.composing import Line
from rackhouse.services.scripture.model.work import Mark
from rackhouse.services.scripture.store.markup.fragments import TAG, attributes, plain
from rackhouse.services.scripture.store.sword.canon import OSIS

_BREAKS = re.compile(r"p|div|lb?|lg|br|title|list|item|row|table|head|sense|entryfree|chapter|h\d")
_REFERS = frozenset({"ref", "reference", "scripref"})
_TARGET = re.compile(r"(?:.*:)?(\w+)(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?(?:!.*)?")


class _Prose:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = Line()
        self._before = 0  # characters of the lines that are done
        self.marks: list[Mark] = []
        self._refers: tuple[tuple[int, int], int] | None = None

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
        verses = verses_of(target)
        self._refers = (verses, -1) if verses else None

    def referred(self) -> None:
        if self._refers and self._refers[1] >= 0:
            (first, last), begins = self._refers
            self.marks.append(Mark(begins, self._before + self._line.length, first, last))
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


def verses_of(target: str) -> tuple[int, int] | None:
    """The verses of `Exod.6.16-Exod.6.20`, `Gen.1` or `Ruth`; None where we have none such."""
    first, _, last = target.partition(" ")[0].partition("-")
    one = _ends(first)
    other = _ends(last) if last else one
    if one is None or other is None or other[1] < one[0]:
        return None
    return one[0], other[1]


def _ends(said: str) -> tuple[int, int] | None:
    found = _TARGET.fullmatch(said)
    book = BY_CODE.get(OSIS.get(found[1], "")) if found else None
    if found is None or book is None:
        return None
    if not found[2]:
        return book.first(), book.last()
    chapter = int(found[2])
    if not 0 < chapter <= book.chapters:
        return None
    if not found[3]:
        return book.first(chapter), book.last(chapter)
    verse = int(found[3])
    if not 0 < verse <= book.verses[chapter - 1]:
        return None
    return book.first(chapter, verse), book.first(chapter, verse)
