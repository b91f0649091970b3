"""Parts of the canon that people speak of, each a run of books, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

from rackhouse.services.scripture.model.canon.books import BOOKS, BY_CODE, Book
from rackhouse.services.scripture.model.reference import Range

# Its id, its name, its first and last book, and other words for it.
_TABLE = """
ot: Old Testament, GEN, MAL, old, antiguo testamento, at
nt: New Testament, MAT, REV, new, nuevo testamento
law: Law, GEN, DEU, pentateuch, torah, moses, pentateuco
history: History, JOS, EST, histories
poetry: Poetry, JOB, SNG, wisdom, writings, poesía
prophets: Prophets, ISA, MAL, profetas
gospels: Gospels, MAT, JHN, gospel, evangelios
acts: Acts, ACT, ACT
paul: Letters of Paul, ROM, PHM, pauline, epistles of paul
letters: Letters, ROM, JUD, epistles, cartas
general: General letters, HEB, JUD, general epistles
revelation: Revelation, REV, REV
"""
_SHELVES = ("law", "history", "poetry", "prophets", "gospels", "acts", "paul", "general")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of books."""

    id: str
    name: str
    books: tuple[Book, ...]

    @property
    def verses(self) -> Range:
        """All of them."""
        return Range(self.books[0].first(), self.books[-1].last())


def _read() -> dict[str, Section]:
    named: dict[str, Section] = {}
    for line in _TABLE.strip().splitlines():
        id, _, rest = line.partition(":")
        name, first, last, *others = (each.strip() for each in rest.split(","))
        books = BOOKS[BY_CODE[first].id - 1 : BY_CODE[last].id]
        section = Section(id=id, name=name, books=books)
        named |= dict.fromkeys((id, name.lower(), *others), section)
    return named


_NAMED = _read()
SECTIONS = tuple(dict.fromkeys(_NAMED.values()))
SHELVES = tuple(_NAMED[each] for each in (*_SHELVES, "revelation"))  # each book is on one


def section_named(name: str) -> Section | None:
    """By any of its words."""
    return _NAMED.get(" ".join(name.lower().removeprefix("the ").split()))
