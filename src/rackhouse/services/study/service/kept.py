"""The twin of the store in memory: what people keep lasts as long as the process."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from msgspec import structs

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
    Turn,
)

T = TypeVar("T")


@dataclass
class Shelf(Generic[T]):
    """Things by whose they are and by their id."""

    held: dict[tuple[str, str], T] = field(default_factory=dict)

    def of(self, subject: str) -> list[T]:
        """A person's, the oldest first."""
        return [each for (whose, _), each in self.held.items() if whose == subject]

    def put(self, subject: str, thing: T, id: str) -> T:
        """One more, or in its place."""
        self.held[subject, id] = thing
        return thing

    async def remove(self, subject: str, id: str) -> bool:
        """Whether it was there."""
        return self.held.pop((subject, id), None) is not None

    def clear(self, subject: str) -> None:
        """All of a person."""
        for key in [each for each in self.held if each[0] == subject]:
            del self.held[key]


def now() -> datetime:
    """As PostgreSQL has it."""
    return datetime.now(UTC)


def new() -> str:
    """An id."""
    return str(uuid.uuid4())


class MemoryConversations(Shelf[Conversation]):
    """Questions and answers. `gone` is told of one that was removed."""

    def __init__(self, gone: Callable[[str, str], None]) -> None:
        super().__init__()
        self._gone = gone
        self._changed: dict[str, datetime] = {}
        self._forgotten: dict[str, datetime] = {}

    async def begin(self, subject: str, title: str, age: float = 0.0) -> str:
        """A new one, by its id."""
        forgotten = self._forgotten.get(subject)
        if forgotten is not None and forgotten > now() - timedelta(seconds=age):
            return ""
        id = new()
        self.put(subject, Conversation(id=id, title=title, made=now()), id)
        self._changed[id] = now()
        return id

    def clear(self, subject: str) -> None:
        """All of a person, which is known afterwards."""
        super().clear(subject)
        self._forgotten[subject] = now()

    async def add(
        self, subject: str, id: str, *, question: str, topic: str, answer: Answer
    ) -> bool:
        """One more turn."""
        held = self.held.get((subject, id))
        if held is None:
            return False
        turn = Turn(question=question, topic=topic, answer=answer, at=now())
        self.put(subject, structs.replace(held, turns=(*held.turns, turn)), id)
        self._changed[id] = now()
        return True

    async def all(self, subject: str, limit: int = 100) -> Sequence[About]:
        """The latest first."""
        some = [
            About(
                id=it.id,
                title=it.title,
                made=it.made,
                changed=self._changed[it.id],
                turns=len(it.turns),
            )
            for it in self.of(subject)
        ]
        return sorted(some, key=lambda it: it.changed, reverse=True)[:limit]

    async def one(self, subject: str, id: str) -> Conversation | None:
        """All of it."""
        return self.held.get((subject, id))

    async def remove(self, subject: str, id: str) -> bool:
        """With what was remembered of it."""
        self._gone(subject, id)
        return await super().remove(subject, id)


class MemoryFacts(Shelf[Fact]):
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
        known = next((each for each in self.of(subject) if each.text == text), None)
        if known is not None:
            longer = structs.replace(known, expires=max(known.expires, expires))
            return self.put(subject, longer, known.id)
        fact = Fact(
            id=new(),
            text=text,
            sentence=sentence,
            conversation=conversation,
            made=now(),
            expires=expires,
        )
        return self.put(subject, fact, fact.id)

    async def all(self, subject: str) -> Sequence[Fact]:
        """Those that have not expired."""
        return [each for each in self.of(subject) if each.expires > now()]

    def without(self, subject: str, conversation: str) -> None:
        """A conversation was removed."""
        for each in self.of(subject):
            if each.conversation == conversation:
                del self.held[subject, each.id]


class MemoryShares(Shelf[tuple[Share, bytes, Frozen]]):
    """Links that were handed out."""

    async def add(self, subject: str, digest: bytes, frozen: Frozen) -> Share:
        """One more."""
        share = Share(id=new(), title=frozen.title, made=now())
        return self.put(subject, (share, digest, frozen), share.id)[0]

    async def all(self, subject: str) -> Sequence[Share]:
        """The latest first."""
        return [share for share, _, _ in reversed(self.of(subject))]

    async def shown(self, digest: bytes) -> Frozen | None:
        """The copy that a link shows."""
        return next((it for _, held, it in self.held.values() if held == digest), None)


class MemoryTokens(Shelf[tuple[Token, bytes]]):
    """Keys of people's other programs."""

    async def add(self, subject: str, digest: bytes, name: str) -> Token:
        """One more."""
        token = Token(id=new(), name=name, made=now())
        return self.put(subject, (token, digest), token.id)[0]

    async def all(self, subject: str) -> Sequence[Token]:
        """The latest first."""
        return [token for token, _ in reversed(self.of(subject))]

    async def whose(self, digest: bytes) -> str:
        """The person that it is of."""
        return next((it for (it, _), (_, held) in self.held.items() if held == digest), "")


class MemoryNotes(Shelf[Note]):
    """Notes and highlights."""

    def __init__(self) -> None:
        super().__init__()
        self._colours: dict[tuple[str, int], str] = {}

    async def add(self, subject: str, first: int, last: int, text: str) -> Note:
        """One more."""
        note = Note(id=new(), first=first, last=last, text=text, made=now(), changed=now())
        return self.put(subject, note, note.id)

    async def change(self, subject: str, id: str, text: str) -> Note | None:
        """With other words."""
        held = self.held.get((subject, id))
        if held is None:
            return None
        return self.put(subject, structs.replace(held, text=text, changed=now()), id)

    async def within(self, subject: str, first: int, last: int) -> Sequence[Note]:
        """Those that touch these verses, in their order."""
        some = [it for it in self.of(subject) if it.first <= last and it.last >= first]
        return sorted(some, key=lambda it: it.first)

    async def highlight(self, subject: str, verse: int, colour: str) -> None:
        """In that colour; "" for none."""
        self._colours.pop((subject, verse), None)
        if colour:
            self._colours[subject, verse] = colour

    async def highlights(self, subject: str, first: int, last: int) -> Sequence[Highlight]:
        """Of these verses, in their order."""
        return [
            Highlight(verse=verse, colour=colour)
            for (whose, verse), colour in sorted(self._colours.items())
            if whose == subject and first <= verse <= last
        ]

    def clear(self, subject: str) -> None:
        """All of a person."""
        super().clear(subject)
        self._colours = {at: it for at, it in self._colours.items() if at[0] != subject}


class MemoryKept:
    """All of it."""

    def __init__(self) -> None:
        self.facts = MemoryFacts()
        self.conversations = MemoryConversations(self.facts.without)
        self.shares = MemoryShares()
        self.notes = MemoryNotes()
        self.tokens = MemoryTokens()

    async def forget(self, subject: str) -> None:
        """Everything of a person."""
        self.conversations.clear(subject)
        self.facts.clear(subject)
        self.shares.clear(subject)
        self.notes.clear(subject)
        self.tokens.clear(subject)
