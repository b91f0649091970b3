"""A work about scripture: a commentary, a lexicon, topics. It has terms of its own, and its words
are never given as those of a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rackhouse.services.scripture.model.reference import Reference
from rackhouse.services.scripture.model.translation import About

KINDS = ("commentary", "lexicon", "topics")


@dataclass(frozen=True, slots=True)
class Mark:
    """The characters of a text from `start` up to `end` point at the verses `first` to `last`."""

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry is found: under `key`, or at the verses `first` to `last`; 0 for none. Its own
    number is `at`.
    """

    at: int
    key: str
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What it says; a line is a paragraph."""

    place: Place
    text: str
    marks: tuple[Mark, ...] = ()


class Shelf(Protocol):
    """Where the entries lie."""

    def entry(self, at: int) -> Entry:
        """One by its number."""


class Work:
    """`places` in their order, numbered from 0."""

    def __init__(
        self, about: About, kind: str, digest: str, places: Sequence[Place], shelf: Shelf
    ) -> None:
        self.about, self.kind, self.digest = about, kind, digest
        self.places = tuple(places)
        self._shelf = shelf
        self._by_key: dict[str, list[int]] = {}
        for each in self.places:
            if each.key:
                self._by_key.setdefault(each.key.casefold(), []).append(each.at)

    def __len__(self) -> int:
        return len(self.places)

    def entry(self, at: int) -> Entry:
        """One by its number."""
        return self._shelf.entry(at)

    def under(self, key: str) -> Iterator[Place]:
        """Where a heading is, in capitals or not."""
        return (self.places[at] for at in self._by_key.get(key.strip().casefold(), ()))

    def on(self, reference: Reference) -> Iterator[Place]:
        """Where something is said on any of these verses."""
        for each in self.places:
            if each.first and any(
                each.first <= it.last and it.first <= each.last for it in reference.ranges
            ):
                yield each
