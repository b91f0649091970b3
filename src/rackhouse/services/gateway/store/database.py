"""The way to PostgreSQL: a small pool that connects by itself, again and again.

PostgreSQL may be away at the start and at any time later; then there is `Gone`, soon.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from rackhouse.kit.errors import RackhouseError
from rackhouse.services.gateway.store.migrate import migrate
from rackhouse.services.gateway.store.outage import Outage
from rackhouse.services.gateway.store.reason import Reason, unreadable

Pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]

_LOST = (psycopg.OperationalError, psycopg.InterfaceError)  # the pool's own errors among them
_UNASKED = (PoolTimeout, PoolClosed, TooManyRequests)
_MOST = 4  # connections of a replica: few statements, since requests themselves need none
_WAIT = 2.0  # seconds for a connection, and for a statement
_PATIENCE = 4.0  # seconds for both, should the server hang
_AGAIN = 0.5  # seconds between two tries to reach it at the start

_reason = Reason()
_log = logging.getLogger("rackhouse.gateway.database")


class Gone(Exception):
    """PostgreSQL is away, or not fit for us. `asked`: it went away in the middle, and may have done
    what was asked.
    """

    def __init__(self, why: str, *, asked: bool = False) -> None:
        super().__init__(why)
        self.asked = asked


class Database:
    """Statements, each by itself a transaction."""

    def __init__(self, pool: Pool, unreadable: str = "") -> None:
        self._pool = pool
        self._unreadable = unreadable  # what is wrong with its address
        self._outage = Outage("PostgreSQL", "DATABASE_URL")
        self._ready = False
        self._why = "PostgreSQL was not reached yet"  # while it is not ready
        self._ending: set[asyncio.Task[list[TupleRow]]] = set()

    async def rows(
        self, statement: LiteralString, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[TupleRow]:
        """What one statement answers. Gone when PostgreSQL is away."""
        if not self._ready:
            raise Gone(self._why)
        asking = asyncio.create_task(self._ask(statement, values))
        try:
            await asyncio.wait({asking}, timeout=_PATIENCE)
            if not asking.done():
                raise TimeoutError("it does not answer")
            rows = asking.result()
        except (*_LOST, TimeoutError) as error:
            self._missed(error)
            asked = not isinstance(error, _UNASKED)
            raise Gone(f"PostgreSQL is away: {type(error).__name__}", asked=asked) from error
        finally:
            self._let_go(asking)
        self._seen()
        return rows

    async def _ask(
        self, statement: LiteralString, values: Sequence[Any] | Mapping[str, Any]
    ) -> list[TupleRow]:
        async with self._pool.connection() as connection:
            done = await connection.execute(statement, values)
            return await done.fetchall() if done.description else []

    def _let_go(self, asking: asyncio.Task[list[TupleRow]]) -> None:
        """Nobody waits for it: to give up a connection to a server that hangs takes seconds."""
        if not asking.done():
            asking.cancel()
            self._ending.add(asking)
            asking.add_done_callback(self._over)

    def _over(self, asking: asyncio.Task[list[TupleRow]]) -> None:
        self._ending.discard(asking)
        if not asking.cancelled():
            asking.exception()  # seen: nobody else asks how it ended

    async def prepare(self) -> None:
        """Bring its tables up to date, as soon as it can be reached. Why they cannot be is raised,
        logged, and said to whoever asks: what needs no database goes on.
        """
        while not self._ready:
            try:
                async with self._pool.connection() as connection:
                    await migrate(connection)
                self._ready = True
                self._seen()
            except _LOST as error:
                self._missed(error)
                await asyncio.sleep(_AGAIN)
            except (RackhouseError, psycopg.Error) as error:
                self._why = f"its tables are not up to date: {_first_line(error)}"
                _log.error("PostgreSQL is not used until we are started anew: %s", error)
                raise

    def _missed(self, error: Exception) -> None:
        why = self._unreadable or _reason.last
        self._outage.missed(why or _first_line(error), sure=bool(why))

    def _seen(self) -> None:
        _reason.last = ""
        self._outage.seen()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database at `url`. Where it can be reached its tables are up to date on return, or why
    they cannot be is raised, so that such a release never begins; else they are made when it can.
    """
    logging.getLogger("psycopg.pool").addFilter(_reason)
    _reason.last = ""
    pool: Pool = AsyncConnectionPool(
        url,
        kwargs={
            "autocommit": True,
            "application_name": "rackhouse-gateway",
            "connect_timeout": 2,
            "tcp_user_timeout": 5000,
            "options": f"-c statement_timeout={_WAIT:.0f}s -c TimeZone=UTC",
        },
        min_size=1,
        max_size=_MOST,
        timeout=_WAIT,
        reconnect_timeout=1.0,
        max_waiting=256,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    await pool.open(wait=False)
    database = Database(pool, unreadable(url))
    preparing = asyncio.create_task(database.prepare())
    try:
        await asyncio.wait({preparing}, timeout=2 * _WAIT)
        if preparing.done():
            preparing.result()
        yield database
    finally:
        preparing.cancel()
        await asyncio.gather(preparing, return_exceptions=True)
        await pool.close(timeout=1)
