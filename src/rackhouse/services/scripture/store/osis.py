"""References as OSIS writes them, in data of others: `Exod.6.16-Exod.6.20`, `Bible:Judg.20`."""

from __future__ import annotations

import re

from rackhouse.services.scripture.model.canon.books import BY_CODE
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.store.sword.canon import OSIS

# The work before it is not looked at, nor which part of the verse is meant (`Gen.1.1!a`).
_PLACE = re.compile(r"(?:[^:]*:)?(\w+)(?:\.([0-9]{1,3})(?:\.([0-9]{1,3}))?)?(?:!.*)?")


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
    if not found[2]:
        return Range(book.first(), book.last())
    chapter = int(found[2])
    if not 0 < chapter <= book.chapters:
        return None
    if not found[3]:
        return Range(book.first(chapter), book.last(chapter))
    verse = int(found[3])
    if not 0 < verse <= book.verses[chapter - 1]:
        return None
    id = book.first(chapter, verse)
    return Range(id, id)
