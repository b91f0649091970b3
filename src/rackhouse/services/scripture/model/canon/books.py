"""The books by number, code and name, built once from the tables beside."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.scripture.model.canon import english, spanish, verses

BOOK, CHAPTER = 1_000_000, 1_000  # what a book and a chapter count for in the number of a verse


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """`id` from 1 to 66; `code` that of USFM; `verses` how many each chapter has."""

    id: int
    code: str
    english: str
    spanish: str
    verses: tuple[int, ...]

    @property
    def chapters(self) -> int:
        """How many."""
        return len(self.verses)

    def first(self, chapter: int = 1, verse: int = 1) -> int:
        """The number of a verse: its own, or the first of a chapter or of the book."""
        return self.id * BOOK + chapter * CHAPTER + verse

    def last(self, chapter: int = 0) -> int:
        """The number of the last verse of a chapter; of the book where none is named."""
        return self.first(chapter or self.chapters, self.verses[(chapter or self.chapters) - 1])


def rows(table: str) -> dict[str, tuple[str, ...]]:
    """A table of names: by code, the name and then all other words."""
    lines = table.strip().replace(",\n    ", ", ").splitlines()
    parts = (line.partition(":") for line in lines)
    return {code: tuple(each.strip() for each in names.split(",")) for code, _, names in parts}


def _counts() -> dict[str, tuple[int, ...]]:
    counts: dict[str, list[int]] = {}
    code = ""
    for word in verses.TABLE.split():
        if word.isdecimal():
            counts[code].append(int(word))
        else:
            code = word
            counts[code] = []
    return {code: tuple(counted) for code, counted in counts.items()}


def _books() -> tuple[Book, ...]:
    names, nombres = rows(english.TABLE), rows(spanish.TABLE)
    return tuple(
        Book(id=at, code=code, english=names[code][0], spanish=nombres[code][0], verses=counted)
        for at, (code, counted) in enumerate(_counts().items(), 1)
    )


BOOKS = _books()
BY_CODE = {book.code: book for book in BOOKS}


def book_of(verse: int) -> Book:
    """The book that a verse is in, by the verse's number."""
    return BOOKS[verse // BOOK - 1]


def place_of(verse: int) -> tuple[int, int]:
    """The chapter and the verse within it."""
    return verse // CHAPTER % 1_000, verse % CHAPTER


def next_of(verse: int) -> int:
    """The verse after it; 0 after the last of all."""
    book, (chapter, at) = book_of(verse), place_of(verse)
    if at < book.verses[chapter - 1]:
        return verse + 1
    if chapter < book.chapters:
        return book.first(chapter + 1)
    return BOOKS[book.id].first() if book.id < len(BOOKS) else 0
