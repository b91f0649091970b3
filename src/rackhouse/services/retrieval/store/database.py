"""Retrieval's own PostgreSQL, and transactions of a tenant in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, TypeVar

from rackhouse.kit.postgres import database
from rackhouse.kit.postgres.database import Connection, Database, Gone
from rackhouse.kit.postgres.migrate import Migrations
from rackhouse.kit.web.problem import Away

T = TypeVar("T")
MIGRATIONS: Final = Migrations("retrieval", Path(__file__).parent / "migrations")
ALL: Final = "*"  # whose documents the service itself sees: everybody's of the tenant
LONG: Final = 120.0  # seconds for work on a whole collection


def opened(url: str) -> AbstractAsyncContextManager[Database]:
    """As `kit.postgres`, with retrieval's tables."""
    return database.opened(url, MIGRATIONS)


class Tenancy:
    """Transactions that see one tenant's rows alone: PostgreSQL filters, not the statements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def within(
        self,
        tenant: str,
        work: Callable[[Connection], Awaitable[T]],
        *,
        owner: str = ALL,
        patience: float = 4.0,
        still: bool = False,
    ) -> T:
        """What `work` answers, in one transaction; `still`: which only reads, and all of it as it
        stood at one moment. Away where PostgreSQL is.
        """

        async def scoped(connection: Connection) -> T:
            async with connection.transaction():
                if still:
                    await connection.execute(_STILL)
                await connection.execute(_SCOPE, (tenant, owner, f"{patience:.0f}s"))
                return await work(connection)

        try:
            return await self._database.work(scoped, patience)
        except Gone as gone:
            raise Away(str(gone), fix="ask again in a moment") from gone


_STILL: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# A plan that was made for an empty table would be kept while it grows to 60,000 rows.
_SCOPE: Final = """
SELECT set_config('rackhouse.tenant', %s, true), set_config('rackhouse.owner', %s, true),
    set_config('statement_timeout', %s, true),
    set_config('plan_cache_mode', 'force_custom_plan', true)
"""
