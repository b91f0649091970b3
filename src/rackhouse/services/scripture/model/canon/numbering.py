"""How an edition counts verses, and which verse of ours each of its own is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rackhouse.services.scripture.model.canon.books import BY_CODE
from rackhouse.services.scripture.model.canon.numberings import (
    original,
    orthodox,
    reina_valera,
    septuagint,
    synodal,
    vulgate,
)

Place = tuple[str, int, int]  # a book's code of USFM, chapter and verse

# As most English and Spanish bibles: 3 John has a verse more, and some set the end of Romans after
# its fourteenth chapter.
_ENGLISH = "ROM 14:24-26 16:25\n3JN 1:15 1:14\nREV 12:18 13:1"
_TABLES = {
    "english": _ENGLISH,
    "original": original.TABLE,
    "septuagint": septuagint.TABLE,
    "vulgate": vulgate.TABLE,
    "synodal": synodal.TABLE,
    "orthodox": orthodox.TABLE,
    "reina-valera": reina_valera.TABLE,
}
NAMES = tuple(_TABLES)
_RUN = re.compile(r"(\d+):(\d+)(?:-(\d+))? (?:(\w{3})\.)?(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Numbering:
    """`moved`: where its verses are counted otherwise. A verse 0 is a psalm's title."""

    name: str
    moved: dict[Place, tuple[Place, ...]]

    def ours(self, place: Place) -> tuple[int, ...]:
        """The numbers of the verse or the verses that it is; none where we have no such verse. The
        title of a psalm has the number of the psalm's first verse, less one.
        """
        return tuple(
            id for each in self.moved.get(place, (place,)) if (id := _number(each)) is not None
        )


@cache
def numbering(name: str) -> Numbering:
    """One of NAMES."""
    moved: dict[Place, tuple[Place, ...]] = {}
    for row in _TABLES[name].strip().replace("\n    ", " ").splitlines():
        for run in _RUN.finditer(row):
            chapter, first, last, other, its, begins = run.groups()
            for by in range(int(last or first) - int(first) + 1):
                here = (row[:3], int(chapter), int(first) + by)
                there = (other or row[:3], int(its), int(begins) + by)
                moved[here] = (*moved.get(here, ()), there)
    return Numbering(name, moved)


def _number(place: Place) -> int | None:
    code, chapter, verse = place
    book = BY_CODE.get(code)
    if book is None or not 0 < chapter <= book.chapters:
        return None
    least = 0 if code == "PSA" else 1
    return book.first(chapter, verse) if least <= verse <= book.verses[chapter - 1] else None
