"""What is answered by what helps to find a place. The names are the interface: see contracts/."""

from __future__ import annotations

from msgspec import Struct

from rackhouse.services.scripture.api.shapes import Passage, Translation


class Match(Struct, frozen=True, kw_only=True):
    """A verse in one translation. `marks`: its characters that were asked for, each run from its
    start up to its end, counted from 0.
    """

    translation: str
    text: str
    marks: tuple[tuple[int, int], ...]


class Hit(Struct, frozen=True, kw_only=True):
    """A verse that was found, in those translations in which it was."""

    id: int
    reference: str
    matches: tuple[Match, ...]


class Count(Struct, frozen=True, kw_only=True):
    """How many verses of a book were found."""

    book: str
    count: int


class Search(Struct, frozen=True, kw_only=True):
    """`total` verses were found. `next`, where it is, is the `after` of those that follow.
    `relaxed`: no verse has all the words, and these have most of them. `reference`: what was asked
    is one. `perhaps`: what might be asked instead.
    """

    q: str
    total: int
    relaxed: bool
    reference: str | None
    perhaps: tuple[str, ...]
    books: tuple[Count, ...]
    hits: tuple[Hit, ...]
    next: str | None
    translations: tuple[Translation, ...]


class Plan(Struct, frozen=True, kw_only=True):
    """A reading plan."""

    id: str
    name: str
    says: str


class Plans(Struct, frozen=True, kw_only=True):
    """All of them, and the topics that there are verses of."""

    plans: tuple[Plan, ...]
    topics: tuple[str, ...]


class Part(Struct, frozen=True, kw_only=True):
    """What is read, as one range."""

    reference: str
    first: int
    last: int
    verses: int


class PlanDay(Struct, frozen=True, kw_only=True):
    """The `number`th day `of` so many, and what is read on it."""

    plan: Plan
    date: str
    number: int
    of: int
    readings: tuple[Part, ...]


class Chance(Struct, frozen=True, kw_only=True):
    """A passage; the same `seed` gives the same one again."""

    seed: str
    topic: str | None
    passage: Passage
    translations: tuple[Translation, ...]


class DayVerse(Struct, frozen=True, kw_only=True):
    """The verse of a day."""

    date: str
    passage: Passage
    translations: tuple[Translation, ...]


class Source(Struct, frozen=True, kw_only=True):
    """Whose it is. None of it is scripture."""

    name: str
    licence: str
    attribution: str


class CrossReference(Struct, frozen=True, kw_only=True):
    """A passage that belongs to the verse `of`, by so many votes."""

    of: int
    reference: str
    first: int
    last: int
    votes: int


class Cross(Struct, frozen=True, kw_only=True):
    """The best first."""

    reference: str
    source: Source
    references: tuple[CrossReference, ...]


class TopicName(Struct, frozen=True, kw_only=True):
    """A subject of a topical work."""

    id: str
    name: str


class Topics(Struct, frozen=True, kw_only=True):
    """The nearest first."""

    source: Source
    topics: tuple[TopicName, ...]


class Verses(Struct, frozen=True, kw_only=True):
    """A range of verses."""

    reference: str
    first: int
    last: int


class TopicLine(Struct, frozen=True, kw_only=True):
    """What is said of it, and where. `depth` 1 belongs to the line above."""

    text: str
    depth: int
    references: tuple[Verses, ...]


class Topic(Struct, frozen=True, kw_only=True):
    """A subject; `see` others."""

    id: str
    name: str
    source: Source
    see: tuple[TopicName, ...]
    lines: tuple[TopicLine, ...]
