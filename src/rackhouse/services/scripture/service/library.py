"""The translations that are held, and passages out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.scripture.model.canon.books import BOOKS, Book, book_of
from rackhouse.services.scripture.model.problem import BadReference, TooMuch
from rackhouse.services.scripture.model.reference import Range, Reference
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.model.work import Work

MOST_VERSES = 500  # of an answer, in each translation: the longest chapter has 176
MOST_RANGES = 100
LONGEST = 1_000  # characters of a reference
SHORTEST_DIGEST = 12  # digits of a digest that are enough to name it


@dataclass(frozen=True, slots=True)
class Chosen:
    """Translations. `pinned`: each was named with the digest of its words, so that what is said of
    them never changes.
    """

    translations: tuple[Translation, ...]
    pinned: bool


class Library:
    """All of them; the first one speaks where none is named. `works` are about them, and apart.
    `more` are still imported.
    """

    def __init__(
        self,
        translations: Iterable[Translation],
        works: Iterable[Work] = (),
        *,
        more: bool = False,
    ) -> None:
        self.soon = "; others are still imported: ask again in a minute" if more else ""
        self.translations = tuple(translations)
        self.works = tuple(works)
        self._by_id = {each.about.id: each for each in self.translations}

    def chosen(self, names: str) -> Chosen:
        """Those of a list such as `kjv,asv` or `kjv@c78bc60054d4`, each once. NotFound."""
        said = [each.strip().lower() for each in names.split(",") if each.strip()]
        if not said:
            return Chosen(self.translations[:1], pinned=False)
        found = dict.fromkeys(self._one(each) for each in said)
        return Chosen(tuple(found), pinned=all("@" in each for each in said))

    def _one(self, said: str) -> Translation:
        id, at, digest = said.partition("@")
        translation = self._by_id.get(id)
        if translation is None:
            raise NotFound(
                f"there is no translation {id[:40]!r}",
                fix=f"ask for one of: {', '.join(self._by_id)}{self.soon}",
                param="translation",
            )
        if at and not (len(digest) >= SHORTEST_DIGEST and translation.digest.startswith(digest)):
            raise NotFound(
                f"the words of {id} are not those of the digest {digest[:64]!r}",
                fix=f"they are {translation.digest}: write {SHORTEST_DIGEST} digits of it or more",
                param="translation",
            )
        return translation


def referred(text: str) -> Reference:
    """A reference that one answer can hold. BadReference, TooMuch, BadRequest."""
    if len(text) > LONGEST:
        raise BadRequest(
            f"the reference has {len(text)} characters, and {LONGEST} are read",
            fix="ask for a part of it at a time",
            param="ref",
        )
    reference = parse(text)
    first = reference.ranges[0].first
    if len(reference.ranges) > MOST_RANGES:
        raise TooMuch(
            f"these are {len(reference.ranges)} places, and an answer holds {MOST_RANGES}",
            fix="ask for a part of them at a time",
            param="ref",
        )
    if len(reference) > MOST_VERSES:
        raise TooMuch(
            f"these are {len(reference):,} verses, and an answer holds {MOST_VERSES}",
            fix=f"ask by chapters, as GET /v1/books/{book_of(first).code}/chapters/1",
            param="ref",
        )
    return reference


def book_named(name: str) -> Book:
    """A book by its code, its number or any of its names. NotFound."""
    if name.isascii() and name.isdecimal() and len(name) < 3 and 0 < int(name) <= len(BOOKS):
        return BOOKS[int(name) - 1]
    perhaps: tuple[str, ...] = ()
    try:
        reference = parse(name[:LONGEST])
    except BadReference as problem:
        perhaps = problem.perhaps
    else:
        book = book_of(reference.ranges[0].first)
        if reference.ranges == (Range(book.first(), book.last()),):
            return book
    raise NotFound(
        f"there is no book {name[:40]!r}",
        fix=f"perhaps {perhaps[0]!r}" if perhaps else "GET /v1/books lists their codes",
        param="book",
        perhaps=perhaps,
    )


def chapter_of(book: Book, said: str) -> int:
    """The number of a chapter that the book has. NotFound."""
    if said.isascii() and said.isdecimal() and len(said) < 4 and 0 < int(said) <= book.chapters:
        return int(said)
    raise NotFound(
        f"{book.english} has no chapter {said[:20]!r}",
        fix=f"ask for one from 1 to {book.chapters}",
        param="chapter",
    )


def beside(book: Book, chapter: int) -> Sequence[tuple[Book, int] | None]:
    """The chapter before and the one after, in this book or the next; None at both ends of all."""
    before: tuple[Book, int] | None = (book, chapter - 1)
    after: tuple[Book, int] | None = (book, chapter + 1)
    if chapter == 1:
        last = BOOKS[book.id - 2]
        before = (last, last.chapters) if book.id > 1 else None
    if chapter == book.chapters:
        after = (BOOKS[book.id], 1) if book.id < len(BOOKS) else None
    return before, after
