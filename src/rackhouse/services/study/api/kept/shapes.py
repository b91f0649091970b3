"""What is sent about what people keep, and what is answered in lists."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from rackhouse.services.study.model.kept import (
    About,
    Conversation,
    Fact,
    Highlight,
    Name,
    Note,
    Share,
    Text,
    Token,
)

Short = Annotated[str, Meta(min_length=1, max_length=300)]
Days = Annotated[int, Meta(ge=1, le=3650)]


class Conversations(Struct, frozen=True, kw_only=True):
    """The latest first."""

    conversations: tuple[About, ...]


class Facts(Struct, frozen=True, kw_only=True):
    """All that is remembered."""

    facts: tuple[Fact, ...]


class NewFact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In a person's own words; forgotten after so many days."""

    text: Short
    days: Days = 365


class Shares(Struct, frozen=True, kw_only=True):
    """The latest first."""

    shares: tuple[Share, ...]


class Handed(Struct, frozen=True, kw_only=True):
    """`secret` is told this once: `path` shows what is shared, or it is a program's key."""

    id: str
    secret: str
    path: str = ""


class NewToken(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which program it is."""

    name: Name


class Tokens(Struct, frozen=True, kw_only=True):
    """The latest first."""

    tokens: tuple[Token, ...]


class Marks(Struct, frozen=True, kw_only=True):
    """Notes and highlights of some verses."""

    notes: tuple[Note, ...]
    highlights: tuple[Highlight, ...]


class NewNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """On the verses from `first` to `last`, by their numbers."""

    first: int
    last: int
    text: Text


class NewText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other words."""

    text: Text


class NewColour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of yellow, green, blue, pink, purple."""

    colour: str


class Everything(Struct, frozen=True, kw_only=True):
    """All that is kept of a person."""

    conversations: tuple[Conversation, ...]
    facts: tuple[Fact, ...]
    notes: tuple[Note, ...]
    highlights: tuple[Highlight, ...]
    shares: tuple[Share, ...]
    tokens: tuple[Token, ...]
