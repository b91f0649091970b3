"""References as OSIS writes them, in data of others: `Exod.6.16-Exod.6.20`, `Judg.20`."""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.canon.books import BY_CODE, Book
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.store.sword.canon import OSIS

_PLACE = re.compile(r"(\w{2,6})(?:\.([0-9]{1,3})(?:\.([0-9]{1,3}))?)?")


def referred(said: str) -> Range | None:
    """Verses that there are; None for what is no such reference."""
    first, _, last = said.strip().partition("-")
    begins = _read(first)
    ends = _read(last) if last else begins
    if begins is None or ends is None or ends.last < begins.first:
        return None
    return Range(begins.first, ends.last)


def _read(said: str) -> Range | None:
    found = _PLACE.fullmatch(said)
    book = BY_CODE.get(OSIS.get(found[1], "")) if found else None
    if found is None or book is None:
        return None
    chapter, verse = (int(each) if each else 0 for each in found.groups()[1:])
    return _within(book, chapter, verse)


def _within(book: Book, chapter: int, verse: int) -> Range | None:
    if not chapter:
        return Range(book.first(), book.last())
    if chapter > book.chapters or verse > book.verses[chapter - 1]:
        return None
    if not verse:
        return Range(book.first(chapter), book.last(chapter))
    id = book.first(chapter, verse)
    return Range(id, id)
