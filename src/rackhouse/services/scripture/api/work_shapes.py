"""What is answered of works, as JSON has it."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType


class Work(Struct, frozen=True, kw_only=True):
    """A commentary, a lexicon or topics: words about scripture, of others, on terms of their own.
    `digest` is that of all its entries.
    """

    id: str
    name: str
    kind: str
    language: str
    licence: str
    attribution: str
    digest: str
    entries: int


class Works(Struct, frozen=True, kw_only=True):
    """All that are installed."""

    works: tuple[Work, ...]


class Mark(Struct, frozen=True, kw_only=True):
    """The characters of a text from `start` up to `end` point at these verses."""

    start: int
    end: int
    reference: str
    first: int
    last: int


class Entry(Struct, frozen=True, kw_only=True):
    """Under the heading `key`, or on the verses of `reference`, from `first` to `last`; "" and 0
    for none. A line of `text` is a paragraph; it is away where headings alone are listed.
    """

    at: int
    key: str
    reference: str
    first: int
    last: int
    text: str | UnsetType = UNSET
    references: tuple[Mark, ...] | UnsetType = UNSET


class Entries(Struct, frozen=True, kw_only=True):
    """Of one work. `next`, where it is, is the `after` of those that follow."""

    work: Work
    entries: tuple[Entry, ...]
    next: int | None
