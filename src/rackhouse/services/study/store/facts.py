"""The statements about what is remembered of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rackhouse.services.study.model.kept import Fact
from rackhouse.services.study.store.own import Own, known


class StoredFacts:
    """Rows of `study_facts`."""

    def __init__(self, own: Own) -> None:
        self._own = own

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
        rows = await self._own.rows(
            subject,
            "INSERT INTO study_facts (subject, text, sentence, conversation, expires_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (subject, text)"
            " DO UPDATE SET expires_at = greatest(study_facts.expires_at, excluded.expires_at)"
            " RETURNING id, text, sentence, conversation, made_at, expires_at",
            [subject, text, sentence, conversation, expires],
        )
        return _fact(rows[0])

    async def all(self, subject: str) -> Sequence[Fact]:
        """Those that have not expired. Those that have are gone with this."""
        await self._own.rows(
            subject, "DELETE FROM study_facts WHERE subject = %s AND expires_at <= now()", [subject]
        )
        rows = await self._own.rows(
            subject,
            "SELECT id, text, sentence, conversation, made_at, expires_at FROM study_facts"
            " WHERE subject = %s ORDER BY made_at, id",
            [subject],
        )
        return [_fact(row) for row in rows]

    async def remove(self, subject: str, id: str) -> bool:
        """Forget it."""
        return known(id) is not None and bool(
            await self._own.rows(
                subject,
                "DELETE FROM study_facts WHERE subject = %s AND id = %s RETURNING id",
                [subject, id],
            )
        )


def _fact(row: Sequence[Any]) -> Fact:
    id, text, sentence, conversation, made, expires = row
    return Fact(
        id=str(id),
        text=text,
        sentence=sentence,
        conversation=str(conversation) if conversation else None,
        made=made,
        expires=expires,
    )
