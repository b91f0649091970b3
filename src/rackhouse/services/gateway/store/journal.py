"""The request log in PostgreSQL, and with each batch of it the accounts. One statement writes a
batch: all of it or nothing, and once, however often it is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import asdict

from rackhouse.kit.postgres.database import Database, Gone
from rackhouse.services.gateway.model.account import Account, Batch, Sums
from rackhouse.services.gateway.model.days import day
from rackhouse.services.gateway.model.entry import Entry
from rackhouse.services.gateway.model.problem import Away
from rackhouse.services.gateway.store import accounts

# What of two replicas is added to the same accounts is added in one order: no deadlock.
_WRITE = """
WITH fresh AS (
    INSERT INTO journal_batch (id) VALUES (%(id)s) ON CONFLICT DO NOTHING RETURNING id
), lines AS (
    INSERT INTO request_log (at, id, line)
    SELECT to_timestamp((line->>'at')::float8), line->>'id', line - 'number'
    FROM jsonb_array_elements(%(lines)s::jsonb) line WHERE EXISTS (SELECT FROM fresh)
), accounts AS (
    INSERT INTO account AS mine SELECT its.*
    FROM jsonb_populate_recordset(null::account, %(accounts)s::jsonb) its
    WHERE EXISTS (SELECT FROM fresh)
    ORDER BY day, key, application, person, model, upstream, local
    ON CONFLICT (day, key, application, person, model, upstream, local) DO UPDATE SET
        requests = mine.requests + excluded.requests,
        refused = mine.refused + excluded.refused,
        failed = mine.failed + excluded.failed,
        fallbacks = mine.fallbacks + excluded.fallbacks,
        again = mine.again + excluded.again,
        input = mine.input + excluded.input,
        output = mine.output + excluded.output,
        cached = mine.cached + excluded.cached,
        nanos = mine.nanos + excluded.nanos,
        unlogged = mine.unlogged + excluded.unlogged
)
SELECT count(*) FROM fresh
"""
_NEWEST = """
SELECT line, number FROM request_log WHERE number < %s ORDER BY number DESC LIMIT %s
"""
_AFTER = "SELECT line, number FROM request_log WHERE number > %s ORDER BY number LIMIT %s"
_ONE = "SELECT line, number FROM request_log WHERE id = %s LIMIT 1"
_TOLD = """
UPDATE request_log SET line = line || '{"told": true}'
WHERE id = %s AND line->>'key' = %s AND line->>'outcome' = 'answered'
AND NOT coalesce((line->>'told')::boolean, false) RETURNING line, number
"""
_LAST = 2**63 - 1


class Journal:
    """A `telemetry.archive.Archive` that all replicas share. `keep` is in days."""

    def __init__(self, database: Database, keep: int) -> None:
        self._database = database
        self._keep = timedelta(days=keep)
        self._days: set[str] = set()  # that have a partition
        self._forgotten = ""

    async def write(self, batch: Batch) -> None:
        """As `Archive`."""
        for each in sorted({day(line.at) for line in batch.lines} - self._days):
            await self._begin(each)
        rows = [whose._asdict() | asdict(its) for whose, its in batch.accounts.items()]
        values = {
            "id": batch.id,
            "lines": msgspec.json.encode(batch.lines).decode(),
            "accounts": msgspec.json.encode(rows).decode(),
        }
        await self._rows(_WRITE, values)

    async def newest(self, count: int, before: int = 0) -> Sequence[Entry]:
        """As `Archive`."""
        return _entries(await self._rows(_NEWEST, (before or _LAST, count)))

    async def after(self, number: int, count: int) -> Sequence[Entry]:
        """As `Archive`."""
        return _entries(await self._rows(_AFTER, (number, count)))

    async def one(self, id: str) -> Entry | None:
        """As `Archive`."""
        found = _entries(await self._rows(_ONE, (id,)))
        return found[0] if found else None

    async def told(self, id: str, key: str) -> Entry | None:
        """As `Archive`."""
        found = _entries(await self._rows(_TOLD, (id, key)))
        return found[0] if found else None

    async def accounts(self, since: str, until: str) -> Sequence[tuple[Account, Sums]]:
        """As `Archive`."""
        return accounts.read(await self._rows(accounts.BETWEEN, (since, until)))

    async def _begin(self, day: str) -> None:
        """Make a day's partition; before the first of a new day, let go of the old ones."""
        today = datetime.now(UTC).date()
        first = (today - self._keep).isoformat()
        if first != self._forgotten:
            await self._rows("SELECT request_log_forget(%s)", (first,))
            self._forgotten = first
        await self._rows("SELECT request_log_begin(%s)", (day,))
        self._days = {each for each in self._days if each >= first} | {day}

    async def _rows(self, statement: Any, values: Any) -> list[tuple[Any, ...]]:
        try:
            return await self._database.rows(statement, values)
        except Gone as gone:
            raise Away(str(gone), retry_after=1) from gone


def _entries(rows: Sequence[tuple[Any, ...]]) -> list[Entry]:
    return [msgspec.convert({**line, "number": number}, Entry) for line, number in rows]
