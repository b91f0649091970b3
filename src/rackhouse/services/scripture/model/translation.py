"""A translation: what it is called, whose it is, and its words verse by verse."""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from rackhouse.services.scripture.model.annotations import Bare, Margin
from rackhouse.services.scripture.model.reference import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """On what terms its words may be passed on, and what has to be said with them."""

    name: str
    attribution: str

    def __post_init__(self) -> None:
        if not (self.name.strip() and self.attribution.strip()):
            raise ValueError("a translation has a licence and an attribution")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`id` is its short name, in small letters; `language` as BCP 47 has it."""

    id: str
    name: str
    language: str
    licence: Licence


@dataclass(frozen=True, slots=True)
class Verse:
    """A verse by its number."""

    id: int
    text: str

    @property
    def sha256(self) -> str:
        """Of its text in UTF-8."""
        return sha256(self.text)


class Translation:
    """The words, held as one run of UTF-8, which is half of what they take verse by verse. A verse
    that it does not have is absent. `digest` is that of all its verses; `margin` is what stands
    beside them.
    """

    def __init__(
        self, about: About, verses: Mapping[int, str], margin: Margin | None = None
    ) -> None:
        self.about = about
        self.margin: Margin = margin or Bare()
        self._ids = array("I", sorted(id for id, text in verses.items() if text))
        said = [verses[id].encode() for id in self._ids]
        self._starts = array("I", accumulate(map(len, said), initial=0))
        self._said = b"".join(said)
        self.digest = digest_of(verses)

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Verse]:
        return map(self._verse, range(len(self._ids)))

    def within(self, verses: Range) -> Iterator[Verse]:
        """Those of the range that it has, in order."""
        begin = bisect_left(self._ids, verses.first)
        return map(self._verse, range(begin, bisect_right(self._ids, verses.last, begin)))

    def _verse(self, at: int) -> Verse:
        return Verse(self._ids[at], self._said[self._starts[at] : self._starts[at + 1]].decode())


def sha256(text: str) -> str:
    """Of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(verses: Mapping[int, str]) -> str:
    """Of all verses: a line for each in their order, its number and the sha256 of its text."""
    whole = hashlib.sha256()
    for id in sorted(verses):
        whole.update(f"{id} {sha256(verses[id])}\n".encode())
    return whole.hexdigest()
