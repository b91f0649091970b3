"""The seams to what people keep. Each method is asked as one person (`subject`), who sees nothing
of any other. All raise `Away` where the store is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.model.kept import (
    About,
    Conversation,
    Fact,
    Frozen,
    Highlight,
    Note,
    Share,
    Token,
)


class Conversations(Protocol):
    """Questions and answers."""

    async def begin(self, subject: str, title: str, age: float = 0.0) -> str:
        """A new one, by its id; "" where everything of them was forgotten within the last `age`
        seconds: what was begun before that is not kept.
        """
        ...

    async def add(
        self, subject: str, id: str, *, question: str, topic: str, answer: Answer
    ) -> bool:
        """One more turn. False where there is no such conversation."""
        ...

    async def all(self, subject: str, limit: int = 100) -> Sequence[About]:
        """The latest first."""
        ...

    async def one(self, subject: str, id: str) -> Conversation | None:
        """All of it."""
        ...

    async def remove(self, subject: str, id: str) -> bool:
        """With what was remembered of it."""
        ...


class Facts(Protocol):
    """What is remembered of a person."""

    async def add(
        self,
        subject: str,
        text: str,
        *,
        sentence: str,
        conversation: str | None,
        expires: datetime,
    ) -> Fact:
        """One more; one that is known is known for longer."""
        ...

    async def all(self, subject: str) -> Sequence[Fact]:
        """Those that have not expired."""
        ...

    async def remove(self, subject: str, id: str) -> bool:
        """Forget it."""
        ...


class Shares(Protocol):
    """Links that were handed out."""

    async def add(self, subject: str, digest: bytes, frozen: Frozen) -> Share:
        """One more."""
        ...

    async def all(self, subject: str) -> Sequence[Share]:
        """The latest first."""
        ...

    async def remove(self, subject: str, id: str) -> bool:
        """Nobody reads it any more."""
        ...

    async def shown(self, digest: bytes) -> Frozen | None:
        """The copy that a link shows, whoever asks."""
        ...


class Notes(Protocol):
    """Notes and highlights."""

    async def add(self, subject: str, first: int, last: int, text: str) -> Note:
        """One more."""
        ...

    async def change(self, subject: str, id: str, text: str) -> Note | None:
        """With other words."""
        ...

    async def within(self, subject: str, first: int, last: int) -> Sequence[Note]:
        """Those that touch these verses, in their order."""
        ...

    async def remove(self, subject: str, id: str) -> bool:
        """Gone."""
        ...

    async def highlight(self, subject: str, verse: int, colour: str) -> None:
        """In that colour; "" for none."""
        ...

    async def highlights(self, subject: str, first: int, last: int) -> Sequence[Highlight]:
        """Of these verses, in their order."""
        ...


class Tokens(Protocol):
    """Keys of people's other programs."""

    async def add(self, subject: str, digest: bytes, name: str) -> Token:
        """One more."""
        ...

    async def all(self, subject: str) -> Sequence[Token]:
        """The latest first."""
        ...

    async def remove(self, subject: str, id: str) -> bool:
        """It opens nothing any more."""
        ...

    async def whose(self, digest: bytes) -> str:
        """The person that it is of; "" for none."""
        ...


class Kept(Protocol):
    """All of it."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def tokens(self) -> Tokens: ...

    async def forget(self, subject: str) -> None:
        """Everything of a person."""
        ...
