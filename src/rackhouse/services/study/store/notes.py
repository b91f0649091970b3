"""The statements about notes and highlights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rackhouse.services.study.model.kept import Highlight, Note
from rackhouse.services.study.store.own import Own, known


class StoredNotes:
    """Rows of `study_notes` and `study_highlights`."""

    def __init__(self, own: Own) -> None:
        self._own = own

    async def add(self, subject: str, first: int, last: int, text: str) -> Note:
        """One more."""
        rows = await self._own.rows(
            subject,
            "INSERT INTO study_notes (subject, first, last, text) VALUES (%s, %s, %s, %s)"
            " RETURNING id, first, last, text, made_at, changed_at",
            [subject, first, last, text],
        )
        return _note(rows[0])

    async def change(self, subject: str, id: str, text: str) -> Note | None:
        """With other words."""
        if known(id) is None:
            return None
        rows = await self._own.rows(
            subject,
            "UPDATE study_notes SET text = %s, changed_at = now() WHERE subject = %s AND id = %s"
            " RETURNING id, first, last, text, made_at, changed_at",
            [text, subject, id],
        )
        return _note(rows[0]) if rows else None

    async def within(self, subject: str, first: int, last: int) -> Sequence[Note]:
        """Those that touch these verses, in their order."""
        rows = await self._own.rows(
            subject,
            "SELECT id, first, last, text, made_at, changed_at FROM study_notes"
            " WHERE subject = %s AND first <= %s AND last >= %s ORDER BY first, made_at, id"
            " LIMIT 500",
            [subject, last, first],
        )
        return [_note(row) for row in rows]

    async def remove(self, subject: str, id: str) -> bool:
        """Gone."""
        return known(id) is not None and bool(
            await self._own.rows(
                subject,
                "DELETE FROM study_notes WHERE subject = %s AND id = %s RETURNING id",
                [subject, id],
            )
        )

    async def highlight(self, subject: str, verse: int, colour: str) -> None:
        """In that colour; "" for none."""
        if not colour:
            await self._own.rows(
                subject,
                "DELETE FROM study_highlights WHERE subject = %s AND verse = %s",
                [subject, verse],
            )
            return
        await self._own.rows(
            subject,
            "INSERT INTO study_highlights (subject, verse, colour) VALUES (%s, %s, %s)"
            " ON CONFLICT (subject, verse) DO UPDATE SET colour = excluded.colour",
            [subject, verse, colour],
        )

    async def highlights(self, subject: str, first: int, last: int) -> Sequence[Highlight]:
        """Of these verses, in their order."""
        rows = await self._own.rows(
            subject,
            "SELECT verse, colour FROM study_highlights"
            " WHERE subject = %s AND verse BETWEEN %s AND %s ORDER BY verse LIMIT 2000",
            [subject, first, last],
        )
        return [Highlight(verse=verse, colour=colour) for verse, colour in rows]


def _note(row: Sequence[Any]) -> Note:
    id, first, last, text, made, changed = row
    return Note(id=str(id), first=first, last=last, text=text, made=made, changed=changed)
