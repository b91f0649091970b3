"""How scripture is set: its names of God in small capitals, its books in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from rackhouse.services.scripture.model.canon.books import Book, book_of, place_of
from rackhouse.services.scripture.model.reference import Range, written

_NAMES = re.compile(r"\b(LORD|GOD|JEHOVAH|JAH|SEÑOR|JEHOVÁ)\b")
_SET = r'<span class="name">\1</span>'
Spans = Sequence[tuple[int, int]]


def words(text: str) -> Markup:
    """A verse. Its letters stay as they are: only their form is another."""
    return Markup(_NAMES.sub(_SET, str(escape(text))))  # noqa: S704, escaped in the same line


def marked(text: str, spans: Spans) -> Markup:
    """A verse with some of its characters marked."""
    parts, at = [], 0
    for start, end in spans:
        parts += [words(text[at:start]), Markup("<mark>{}</mark>").format(words(text[start:end]))]
        at = end
    return Markup("").join([*parts, words(text[at:])])


def book(held: Book, language: str = "en") -> str:
    """Its name in a language."""
    return held.spanish if language.startswith("es") else held.english


def one(held: Book, language: str = "en") -> str:
    """What a chapter of it is called by: `Psalm`, `Juan`."""
    name = book(held, language)
    return {"Psalms": "Psalm", "Salmos": "Salmo"}.get(name, name)


def chapter(held: Book, number: int, language: str = "en") -> str:
    """`Psalm 23`, `Juan 3`."""
    return f"{one(held, language)} {number}"


def verse(id: int) -> int:
    """Its number within the chapter."""
    return place_of(id)[1]


def reading(verses: Range) -> str:
    """The page that shows a range: a chapter of it where it has several."""
    id = verses.first
    held, (number, at) = book_of(id), place_of(id)
    path = f"/read/{held.code}/{number}"
    if verses.first == held.first(number) and verses.last >= held.last(number):
        return path
    if verses.last > held.last(number):
        return f"{path}/{at}-{held.verses[number - 1]}"
    till = place_of(verses.last)[1]
    return f"{path}/{at}" + (f"-{till}" if till != at else "")


def at(id: int) -> str:
    """The page of a verse."""
    return reading(Range(id, id))


def reference(id: int) -> str:
    """A verse, as people write it."""
    return written(Range(id, id))


def sentence(said: str) -> str:
    """With a great letter and a full stop."""
    return f"{said[:1].upper()}{said[1:]}." if said else ""


FILTERS = {
    "at": at,
    "reference": reference,
    "sentence": sentence,
    "words": words,
    "marked": marked,
    "book": book,
    "one": one,
    "chapter": chapter,
    "verse": verse,
    "reading": reading,
    "written": written,
}
