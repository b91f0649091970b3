"""Cross-references: from a verse to passages that belong to it, and how many say so."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import Licence


@dataclass(frozen=True, slots=True)
class Link:
    """A passage that belongs to the verse `of`, by so many votes more than against it."""

    of: int
    to: Range
    votes: int


class Links:
    """All that a source has, 14 bytes each. `name` is the source's."""

    def __init__(self, name: str, licence: Licence, links: Iterable[Link]) -> None:
        self.name = name
        self.licence = licence
        told = sorted(links, key=lambda it: (it.of, -it.votes, it.to))
        self._of = array("I", (it.of for it in told))
        self._first = array("I", (it.to.first for it in told))
        self._last = array("I", (it.to.last for it in told))
        self._votes = array("h", (max(-32_768, min(32_767, it.votes)) for it in told))

    def __len__(self) -> int:
        return len(self._of)

    def of(self, some: Iterable[Range], most: int) -> list[Link]:
        """What belongs to any verse of those ranges, the best first; each passage once."""
        best: dict[Range, Link] = {}
        for verses in some:
            begin = bisect_left(self._of, verses.first)
            for at in range(begin, bisect_right(self._of, verses.last)):
                to = Range(self._first[at], self._last[at])
                if self._votes[at] > best.get(to, _NONE).votes:
                    best[to] = Link(self._of[at], to, self._votes[at])
        return sorted(best.values(), key=lambda it: (-it.votes, it.to))[:most]


_NONE = Link(0, Range(0, 0), 0)  # what is voted down is none
