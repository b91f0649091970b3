"""The statements about conversations."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.model.kept import About, Conversation, Turn
from rackhouse.services.study.store.own import Own, known


class StoredConversations:
    """Rows of `study_conversations` and `study_turns`."""

    def __init__(self, own: Own) -> None:
        self._own = own

    async def begin(self, subject: str, title: str, age: float = 0.0) -> str:
        """A new one, by its id; "" where all was forgotten within the last `age` seconds."""
        rows = await self._own.rows(
            subject,
            "INSERT INTO study_conversations (subject, title) SELECT %(who)s, %(title)s"
            " WHERE NOT EXISTS (SELECT FROM study_forgotten"
            " WHERE whose = sha256(convert_to(%(who)s, 'UTF8'))"
            " AND at > now() - make_interval(secs => %(age)s)) RETURNING id",
            {"who": subject, "title": title, "age": age},
        )
        return str(rows[0][0]) if rows else ""

    async def add(
        self, subject: str, id: str, *, question: str, topic: str, answer: Answer
    ) -> bool:
        """One more turn: the row of the conversation is locked, so two at once have two numbers."""
        if known(id) is None:
            return False
        rows = await self._own.rows(
            subject,
            "WITH it AS (UPDATE study_conversations SET changed_at = now(), turns = turns + 1"
            " WHERE subject = %s AND id = %s RETURNING id, subject, turns)"
            " INSERT INTO study_turns (subject, conversation, number, question, topic, answer)"
            " SELECT it.subject, it.id, it.turns, %s, %s, %s::jsonb FROM it RETURNING number",
            [subject, id, question, topic, msgspec.json.encode(answer).decode()],
        )
        return bool(rows)

    async def all(self, subject: str, limit: int = 100) -> Sequence[About]:
        """The latest first."""
        rows = await self._own.rows(
            subject,
            "SELECT id, title, made_at, changed_at, turns FROM study_conversations"
            " WHERE subject = %s ORDER BY changed_at DESC, id LIMIT %s",
            [subject, limit],
        )
        return [
            About(id=str(id), title=title, made=made, changed=changed, turns=turns)
            for id, title, made, changed, turns in rows
        ]

    async def one(self, subject: str, id: str) -> Conversation | None:
        """All of it."""
        if known(id) is None:
            return None
        about = await self._own.rows(
            subject,
            "SELECT id, title, made_at FROM study_conversations WHERE subject = %s AND id = %s",
            [subject, id],
        )
        if not about:
            return None
        rows = await self._own.rows(
            subject,
            "SELECT question, topic, answer, at FROM study_turns"
            " WHERE subject = %s AND conversation = %s ORDER BY number",
            [subject, id],
        )
        turns = (
            Turn(question=question, topic=topic, answer=msgspec.convert(answer, Answer), at=at)
            for question, topic, answer, at in rows
        )
        key, title, made = about[0]
        return Conversation(id=str(key), title=title, made=made, turns=tuple(turns))

    async def remove(self, subject: str, id: str) -> bool:
        """With its turns, and with what was remembered of it."""
        return known(id) is not None and bool(
            await self._own.rows(
                subject,
                "DELETE FROM study_conversations WHERE subject = %s AND id = %s RETURNING id",
                [subject, id],
            )
        )
