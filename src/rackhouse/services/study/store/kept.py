"""All that people keep, over one PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rackhouse.kit.postgres import database
from rackhouse.kit.postgres.migrate import Migrations
from rackhouse.services.study.store.conversations import StoredConversations
from rackhouse.services.study.store.facts import StoredFacts
from rackhouse.services.study.store.notes import StoredNotes
from rackhouse.services.study.store.own import Own
from rackhouse.services.study.store.shares import StoredShares, StoredTokens

MIGRATIONS = Migrations("study", Path(__file__).parent / "migrations")


class Stored:
    """Rows."""

    def __init__(self, own: Own) -> None:
        self._own = own
        self.conversations = StoredConversations(own)
        self.facts = StoredFacts(own)
        self.shares = StoredShares(own)
        self.notes = StoredNotes(own)
        self.tokens = StoredTokens(own)

    async def forget(self, subject: str) -> None:
        """Everything of a person: all at once, or nothing. That it was is known afterwards."""
        await self._own.rows(
            subject,
            "WITH it AS (INSERT INTO study_forgotten (whose)"
            " VALUES (sha256(convert_to(%(who)s, 'UTF8')))"
            " ON CONFLICT (whose) DO UPDATE SET at = now()),"
            " a AS (DELETE FROM study_conversations WHERE subject = %(who)s),"
            " b AS (DELETE FROM study_facts WHERE subject = %(who)s),"
            " c AS (DELETE FROM study_shares WHERE subject = %(who)s),"
            " d AS (DELETE FROM study_notes WHERE subject = %(who)s),"
            " e AS (DELETE FROM study_highlights WHERE subject = %(who)s)"
            " DELETE FROM study_tokens WHERE subject = %(who)s",
            {"who": subject},
        )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Stored]:
    """Over the database at `url`."""
    async with database.opened(url, MIGRATIONS) as one:
        yield Stored(Own(one))
