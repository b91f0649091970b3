"""The books as scripture's service tells them: which verses there are, and how they are written.

A verse is a number, book * 1,000,000 + chapter * 1,000 + verse. A *code* is what a model may write
for a passage: `JHN.3.16`, `JHN.3.16-18`, `JHN.3`, `JHN.3.16-4.2`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

BOOK, CHAPTER = 1_000_000, 1_000
_LAST_OF_OLD = 39
_CODE = re.compile(
    r"([1-4]?[A-Z]{2,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:-(?:\1\.)?(?:(\d{1,3})\.)?(\d{1,3}))?",
    re.ASCII,
)


class Book(Struct, frozen=True, kw_only=True):
    """`code` is that of USFM; `verses` how many each chapter has."""

    id: int
    code: str
    english: str
    spanish: str = ""
    verses: tuple[int, ...]


class Canon:
    """The books in their order."""

    def __init__(self, books: Iterable[Book]) -> None:
        self.books = tuple(books)
        self._by_id = {book.id: book for book in self.books}
        self._by_code = {book.code: book for book in self.books}

    def has(self, verse: int) -> bool:
        """Whether there is a verse of that number."""
        book, chapter, at = parts(verse)
        told = self._by_id.get(book)
        return (
            told is not None
            and 0 < chapter <= len(told.verses)
            and 0 < at <= told.verses[chapter - 1]
        )

    def book(self, verse: int) -> Book:
        """The book of a verse that there is."""
        return self._by_id[verse // BOOK]

    def last(self, verse: int) -> int:
        """The last verse of the same chapter."""
        book, chapter, _ = parts(verse)
        return number(book, chapter, self._by_id[book].verses[chapter - 1])

    def verses(self, first: int, last: int) -> Iterator[int]:
        """Each number from one to the other, both within."""
        verse = first
        while verse <= last:
            yield verse
            verse = self._next(verse)

    def _next(self, verse: int) -> int:
        book, chapter, at = parts(verse)
        told = self._by_id[book].verses
        if at < told[chapter - 1]:
            return verse + 1
        if chapter < len(told):
            return number(book, chapter + 1, 1)
        return number(book + 1, 1, 1)

    def testament(self, verse: int) -> str:
        """Which of the two it is in."""
        return "Old Testament" if verse // BOOK <= _LAST_OF_OLD else "New Testament"

    def written(self, first: int, last: int) -> str:
        """As people write it, within a book: `John 3:16-18`, `Psalm 23`, `John 3:16-4:2`."""
        book = self.book(first)
        (_, chapter, verse), (_, till, end) = parts(first), parts(last)
        if first // BOOK != last // BOOK:
            return f"{self.written(first, first)} - {self.written(last, last)}"
        whole = verse == 1 and end == book.verses[till - 1] and len(book.verses) > 1
        name = "Psalm" if book.code == "PSA" and chapter == till else book.english
        if whole and first != last:
            return f"{name} {chapter}" if chapter == till else f"{name} {chapter}-{till}"
        if chapter != till:
            return f"{name} {chapter}:{verse}-{till}:{end}"
        return f"{name} {chapter}:{verse}" + (f"-{end}" if end != verse else "")

    def code(self, first: int, last: int) -> str:
        """What a model writes for it; across books that of its first chapter."""
        (book, chapter, verse), (_, till, end) = parts(first), parts(last)
        begins = f"{self._by_id[book].code}.{chapter}.{verse}"
        if first == last or first // BOOK != last // BOOK:
            return begins
        return f"{begins}-{end}" if chapter == till else f"{begins}-{till}.{end}"

    def read(self, code: str) -> tuple[int, int] | None:
        """The verses of a code; None where it is none, or there are no such verses."""
        found = _CODE.fullmatch(code.strip().upper())
        book = self._by_code.get(found[1]) if found else None
        if found is None or book is None:
            return None
        chapter = int(found[2])
        if not 0 < chapter <= len(book.verses):
            return None
        ends = self._ends(book, chapter, found)
        return ends if self.has(ends[0]) and self.has(ends[1]) and ends[0] <= ends[1] else None

    def _ends(self, book: Book, chapter: int, found: re.Match[str]) -> tuple[int, int]:
        verse, till, end = (int(each) if each else 0 for each in found.group(3, 4, 5))
        if found[3] is None:  # a chapter, or chapters
            upto = end or chapter
            last = book.verses[upto - 1] if upto <= len(book.verses) and not till else 0
            return number(book.id, chapter, 1), number(book.id, upto, last)
        first = number(book.id, chapter, verse)
        return first, number(book.id, till or chapter, end) if end else first


def parts(verse: int) -> tuple[int, int, int]:
    """Book, chapter and verse."""
    return verse // BOOK, verse % BOOK // CHAPTER, verse % CHAPTER


def number(book: int, chapter: int, verse: int) -> int:
    """The verse of that book, chapter and place."""
    return book * BOOK + chapter * CHAPTER + verse
