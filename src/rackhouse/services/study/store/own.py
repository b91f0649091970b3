"""Statements that are made as one person: the transaction says who, PostgreSQL filters by it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg.rows import TupleRow

from rackhouse.kit.postgres.database import Connection, Database, Gone
from rackhouse.kit.web.problem import Away

Values = Sequence[Any] | Mapping[str, Any]
_AS: LiteralString = "SELECT set_config('rackhouse.subject', %s, true)"
_SHOWING: LiteralString = "SELECT set_config('rackhouse.secret', %s, true)"


class Own:
    """The database, as people see it. Each method raises Away when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(
        self, subject: str, statement: LiteralString, values: Values = ()
    ) -> list[TupleRow]:
        """What one statement answers to a person."""
        return await self._within(_AS, subject, statement, values)

    async def shown(
        self, digest: bytes, statement: LiteralString, values: Values = ()
    ) -> list[TupleRow]:
        """What one statement answers to whoever shows a secret of that digest."""
        return await self._within(_SHOWING, digest.hex(), statement, values)

    async def _within(
        self, how: LiteralString, who: str, statement: LiteralString, values: Values
    ) -> list[TupleRow]:
        async def ask(connection: Connection) -> list[TupleRow]:
            async with connection.transaction():
                await connection.execute(how, [who])
                done = await connection.execute(statement, values)
                return await done.fetchall() if done.description else []

        try:
            return await self._database.work(ask)
        except Gone as gone:
            raise Away(
                "what you keep cannot be reached just now", fix="try again in a minute"
            ) from gone


def known(id: str) -> uuid.UUID | None:
    """An id that may be one of ours."""
    try:
        return uuid.UUID(id)
    except ValueError:
        return None
