"""A place that is named: a book, a chapter of it, or a verse. It is one that there is."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.scripture.model.canon.books import Book
from rackhouse.services.scripture.model.problem import BadReference


@dataclass(frozen=True, slots=True)
class Spot:
    """`chapter` and `verse` are 0 where none is named."""

    book: Book
    chapter: int = 0
    verse: int = 0

    @property
    def first(self) -> int:
        """The number of its first verse."""
        return self.book.first(self.chapter or 1, self.verse or 1)

    @property
    def last(self) -> int:
        """The number of its last verse."""
        return self.first if self.verse else self.book.last(self.chapter)


def checked(spot: Spot, at: int) -> Spot:
    """The same. BadReference where there is no such chapter or verse; `at` is where it is named."""
    book, chapter, verse = spot.book, spot.chapter, spot.verse
    name = book.english
    if chapter > book.chapters:
        raise BadReference(
            f"{name} has no chapter {chapter}", fix=f"{name} {_chapters(book)}", at=at
        )
    if chapter and verse > book.verses[chapter - 1]:
        raise BadReference(
            f"{name} {chapter} has no verse {verse}",
            fix=f"{name} {chapter} has verses 1 to {book.verses[chapter - 1]}",
            at=at,
        )
    return spot


def counted(number: int, at: int) -> int:
    """The number of a chapter or verse: they count from 1."""
    if number < 1:
        raise BadReference(
            "chapters and verses count from 1", fix="write a number from 1 on", at=at
        )
    return number


def _chapters(book: Book) -> str:
    return f"has chapters 1 to {book.chapters}" if book.chapters > 1 else "is one chapter long"
