"""What a person keeps: conversations, facts, notes, highlights; and what they have handed out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from rackhouse.services.study.model.answer import Answer

LAST = 66_999_999  # no verse has a greater number
COLOURS = ("yellow", "green", "blue", "pink", "purple")


class Turn(Struct, frozen=True, kw_only=True):
    """A question and its answer. `topic` is the last question that stands by itself."""

    question: str
    topic: str
    answer: Answer
    at: datetime


class About(Struct, frozen=True, kw_only=True):
    """A conversation, as a list shows it."""

    id: str
    title: str
    made: datetime
    changed: datetime
    turns: int = 0


class Conversation(Struct, frozen=True, kw_only=True):
    """All of it."""

    id: str
    title: str
    made: datetime
    turns: tuple[Turn, ...] = ()


class Fact(Struct, frozen=True, kw_only=True):
    """What a person has said of themself: `sentence` is how, `conversation` where; null where they
    wrote it down themself.
    """

    id: str
    text: str
    sentence: str
    conversation: str | None
    made: datetime
    expires: datetime


class Frozen(Struct, frozen=True, kw_only=True):
    """A copy of a conversation that changes no more, without its traces."""

    title: str
    turns: tuple[Turn, ...]


class Share(Struct, frozen=True, kw_only=True):
    """A link that was handed out. What it was is not known any more."""

    id: str
    title: str
    made: datetime


class Note(Struct, frozen=True, kw_only=True):
    """A person's own words on verses."""

    id: str
    first: int
    last: int
    text: str
    made: datetime
    changed: datetime


class Highlight(Struct, frozen=True, kw_only=True):
    """A verse in a colour."""

    verse: int
    colour: str


class Token(Struct, frozen=True, kw_only=True):
    """A key of a person's other program. What it was is not known any more."""

    id: str
    name: str
    made: datetime


Name = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(min_length=1, max_length=20_000)]
