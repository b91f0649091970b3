"""A translation as it is imported: verses come by the numbers of their edition, and go by ours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rackhouse.services.scripture.model.annotations import NOTHING, Beside, Heading
from rackhouse.services.scripture.model.canon.books import CHAPTER
from rackhouse.services.scripture.model.canon.numbering import Numbering, Place
from rackhouse.services.scripture.model.composing import Composed, joined
from rackhouse.services.scripture.store import margins
from rackhouse.services.scripture.store.concordance import Concordance


@dataclass(frozen=True, slots=True)
class Taken:
    """What was imported: words, what stands beside them, and what found no place."""

    verses: dict[int, str]
    chapters: dict[int, bytes] = field(default_factory=dict)
    strongs: dict[str, bytes] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    unplaced: tuple[str, ...] = ()


class Draft:
    """Verses, until all are there."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._verses: dict[int, str] = {}
        self._beside: dict[int, bytes] = {}
        self.unplaced: list[str] = []

    def __len__(self) -> int:
        return len(self._verses)

    def add(self, place: Place, composed: Composed, last: int = 0) -> bool:
        """A verse of the edition, or several up to `last` as one. Whether we have a place for it:
        False is remembered.
        """
        if not (composed.text or composed.beside):
            return True
        ours = self._numbering.ours(place)
        if not ours:
            if composed.text:
                self.unplaced.append(f"{place[0]} {place[1]}:{place[2]}")
            return False
        upto = f"-{last}" if last > place[2] else ""
        for verse in range(place[2] + 1, min(last, place[2] + 200) + 1):
            ours += self._numbering.ours((place[0], place[1], verse))
        moved = upto or self._numbering.moved.get(place)
        number = f"{place[0]} {place[1]}:{place[2]}{upto}" if moved else ""
        first = ours[0]
        if not first % CHAPTER:  # a psalm's title, which is no verse of ours
            first, number = first + 1, ""
            heading = Heading(0, composed.text, "psalm")
            composed = Composed("", Beside(headings=(heading,), notes=composed.beside.notes))
        if number:
            composed = Composed(composed.text, replace(composed.beside, number=number))
        self._put(first, composed)
        for more in ours[1:]:  # its words stand at the first of them
            self._put(more, Composed("", Beside(number=number)))
        return True

    def _put(self, id: int, composed: Composed) -> None:
        if id in self._verses or id in self._beside:
            held = Composed(self._verses.get(id, ""), margins.beside(self._beside.get(id)))
            composed = joined(held, composed)
        if composed.text:
            self._verses[id] = composed.text
        if composed.beside != NOTHING:
            self._beside[id] = margins.packed(composed.beside)

    def taken(self) -> Taken:
        """All of it. The draft is empty after that."""
        concordance = Concordance()
        chapters: dict[int, dict[int, bytes]] = {}
        numbers: dict[int, str] = {}
        for id in sorted(self._beside):
            packed = self._beside.pop(id)
            chapters.setdefault(id // CHAPTER, {})[id] = packed
            beside = margins.beside(packed)
            concordance.add(id, self._verses.get(id, ""), beside.words)
            if beside.number:
                numbers[id] = beside.number
        return Taken(
            self._verses,
            {chapter: margins.chapter(verses) for chapter, verses in chapters.items()},
            concordance.packed(),
            numbers,
            tuple(self.unplaced),
        )
