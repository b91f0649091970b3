"""A comma after a chapter: in English it begins the next of a list, in Spanish a verse."""

from __future__ import annotations

from rackhouse.services.scripture.model.canon.books import place_of
from rackhouse.services.scripture.model.references import words
from rackhouse.services.scripture.model.references.grammar import Item
from rackhouse.services.scripture.model.references.names import SPANISH, further, named
from rackhouse.services.scripture.model.references.tokens import Kind, Token


def doubtful(told: list[Token], begin: int, item: Item, *, prose: bool = False) -> bool:
    """Whether the comma behind an item may be either: `Jn 3,16`, `1 Co 13, 4-7`, `Ro 8, 28`."""
    comma, number = item.end, told[min(item.end + 1, len(told) - 1)]
    if told[comma].text != "," or number.kind is not Kind.NUMBER or not _chapter(told, item):
        return False
    if further(told, comma + 1, short=not prose) or _verse_behind(told, comma + 2):
        return False
    if number.glued:
        return not (prose and _grouped(number))
    if place_of(item.verses.first)[0] != item.spot.chapter or told[begin - 1].text == ",":
        return False  # it is a list of chapters already
    verse = number.number <= item.spot.book.verses[item.spot.chapter - 1]
    if number.number > item.spot.book.chapters > 1:
        return not prose or verse
    single = verse and _spanish(told, begin) and not _listed(told, comma + 2)
    return single or _in_that_style(told, comma + 2)


def _chapter(told: list[Token], item: Item) -> bool:
    """Whether it ends with the bare number of a chapter; `1` of a book with one is that too."""
    last, before = told[item.end - 1], told[item.end - 2]
    if last.kind is not Kind.NUMBER or before.text in words.CHAPTERS:
        return False
    if not item.spot.verse:
        return item.spot.chapter > 0
    if item.spot.book.chapters > 1 or last.number != 1:
        return False
    if before.text == ".":
        before = told[item.end - 3]
    return before.kind is Kind.WORD and before.text not in words.VERSE


def _verse_behind(told: list[Token], at: int) -> bool:
    """Whether the number before is a chapter by its own verse: `Gen 1, 2:1`."""
    return told[at].text == ":" and told[at + 1].kind is Kind.NUMBER


def _spanish(told: list[Token], begin: int) -> bool:
    """Whether the book is called as in Spanish alone: `Juan 3, 16`, but not `Salmos 22, 23`."""
    name = named(told, begin, short=True)
    return name is not None and name.word in SPANISH and not name.word.endswith("salmos")


def _listed(told: list[Token], at: int) -> bool:
    """Whether more numbers follow."""
    token = told[at]
    several = token.text in {",", "&"} or token.text in words.AND
    return several and told[at + 1].kind is Kind.NUMBER


def _in_that_style(told: list[Token], at: int) -> bool:
    """A range, a dot before a number, or another chapter with its comma: `; 4, 5`."""
    if at + 1 >= len(told) or told[at + 1].kind is not Kind.NUMBER:
        return False
    if told[at].text in {"-", "."}:
        return told[at + 1].glued or told[at].text == "-"
    return told[at].text == ";" and told[at + 2].text == ","


def _grouped(number: Token) -> bool:
    """Whether it is rather the thousands of another: `John 3,000`."""
    return len(number.text) > 2
