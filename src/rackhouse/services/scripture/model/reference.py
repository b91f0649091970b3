"""A reference: which verses, as ranges of their numbers in the order in which they were named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from rackhouse.services.scripture.model.canon.books import (
    BOOK,
    BOOKS,
    book_of,
    next_of,
    place_of,
)

# How many verses come before each book, and before each chapter of it.
_BEFORE_BOOK = (0, *accumulate(sum(book.verses) for book in BOOKS))
_BEFORE = tuple((0, *accumulate(book.verses)) for book in BOOKS)


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Verses from `first` to `last`, both within; numbers of verses that there are."""

    first: int
    last: int

    def __len__(self) -> int:
        return _ordinal(self.last) - _ordinal(self.first) + 1

    def verses(self) -> Iterator[int]:
        """The number of each."""
        verse = self.first
        while 0 < verse <= self.last:
            yield verse
            verse = next_of(verse)

    def __str__(self) -> str:
        return written(self)


@dataclass(frozen=True, slots=True)
class Reference:
    """One range or several."""

    ranges: tuple[Range, ...]

    def __len__(self) -> int:
        return sum(len(each) for each in self.ranges)

    def __str__(self) -> str:
        return "; ".join(written(each) for each in self.ranges)


@dataclass(frozen=True, slots=True)
class Found:
    """A reference within a text, from `start` up to `end`."""

    start: int
    end: int
    reference: Reference


def _ordinal(verse: int) -> int:
    """How many verses are before it."""
    book, (chapter, at) = verse // BOOK - 1, place_of(verse)
    return _BEFORE_BOOK[book] + _BEFORE[book][chapter - 1] + at - 1


def written(verses: Range) -> str:
    """As people write it: `John 3:16-18`, `Psalms 22-24`, `Genesis`, `1 Samuel 17 - 2 Samuel 1`."""
    one, other = book_of(verses.first), book_of(verses.last)
    whole = verses.first == one.first() and verses.last == other.last()
    if whole and one is other:
        return one.english
    if one is not other:
        ends = _ends(verses, whole)
        return f"{one.english}{ends[0]} - {other.english}{ends[1]}"
    (chapter, verse), (till, end) = place_of(verses.first), place_of(verses.last)
    name = one.english
    if one.code == "PSA" and chapter == till:
        name = "Psalm"
    if chapters := _chapters(verses):
        return f"{name} {chapters}"
    if chapter != till:
        return f"{name} {chapter}:{verse}-{till}:{end}"
    return f"{name} {chapter}:{verse}" + (f"-{end}" if end != verse else "")


def _ends(verses: Range, whole: bool) -> tuple[str, str]:
    """Where a range over several books begins and ends."""
    if whole:
        return "", ""
    (chapter, verse), (till, end) = place_of(verses.first), place_of(verses.last)
    other = book_of(verses.last)
    # A book of one chapter is never written by its chapter: `Jude 1` might be a verse.
    begins = f" {chapter}" if _plain(verses.first) and verse == 1 else f" {chapter}:{verse}"
    plain = _plain(verses.last) and verses.last == other.last(till)
    return begins, f" {till}" if plain else f" {till}:{end}"


def _plain(verse: int) -> bool:
    return book_of(verse).chapters > 1


def _chapters(verses: Range) -> str:
    """The chapters, where they are whole."""
    book = book_of(verses.first)
    (chapter, verse), (till, _) = place_of(verses.first), place_of(verses.last)
    if verse != 1 or verses.last != book.last(till) or book.chapters == 1:
        return ""
    return str(chapter) if chapter == till else f"{chapter}-{till}"
