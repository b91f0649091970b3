"""The way to PostgreSQL: a small pool that connects by itself, again and again.

PostgreSQL may be away at the start and at any time later; then there is `Gone`, soon.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.postgres.migrate import Migrations, migrate
from rackhouse.kit.postgres.outage import Outage
from rackhouse.kit.postgres.reason import Reason, unreadable

T = TypeVar("T")
Connection = psycopg.AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]

_LOST = (psycopg.OperationalError, psycopg.InterfaceError)  # the pool's own errors among them
_UNASKED = (PoolTimeout, PoolClosed, TooManyRequests)
_MOST = 4  # connections of a replica: few statements, since requests themselves need none
_WAIT = 2.0  # seconds for a connection, and for a statement
_PATIENCE = 4.0  # seconds for both, should the server hang
_AGAIN = 0.5  # seconds between two tries to reach it at the start

_reason = Reason()


class Gone(Exception):
    """PostgreSQL is away, or not fit for us. `asked`: it went away in the middle, and may have done
    what was asked.
    """

    def __init__(self, why: str, *, asked: bool = False) -> None:
        super().__init__(why)
        self.asked = asked


class Database:
    """Statements, each by itself a transaction; and work of several. Logs are the service's own."""

    def __init__(self, pool: Pool, migrations: Migrations, unreadable: str = "") -> None:
        self._pool = pool
        self._migrations = migrations
        self._unreadable = unreadable  # what is wrong with its address
        self._log = logging.getLogger(f"rackhouse.{migrations.name}.database")
        stores = logging.getLogger(f"rackhouse.{migrations.name}.stores")
        self._outage = Outage("PostgreSQL", "DATABASE_URL", stores)
        self._ready = False
        self._why = "PostgreSQL was not reached yet"  # while it is not ready
        self._ending: set[asyncio.Task[Any]] = set()

    async def rows(
        self, statement: LiteralString, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[TupleRow]:
        """What one statement answers. Gone when PostgreSQL is away."""

        async def ask(connection: Connection) -> list[TupleRow]:
            done = await connection.execute(statement, values)
            return await done.fetchall() if done.description else []

        return await self.work(ask)

    async def work(
        self, ask: Callable[[Connection], Awaitable[T]], patience: float = _PATIENCE
    ) -> T:
        """What `ask` answers, with a connection of its own. Gone when PostgreSQL is away, or has
        not done it in so many seconds.
        """
        if not self._ready:
            raise Gone(self._why)
        asking = asyncio.create_task(self._ask(ask))
        try:
            await asyncio.wait({asking}, timeout=patience)
            if not asking.done():
                raise TimeoutError("it does not answer")
            answer = asking.result()
        except (*_LOST, TimeoutError) as error:
            self._missed(error)
            asked = not isinstance(error, _UNASKED)
            raise Gone(f"PostgreSQL is away: {type(error).__name__}", asked=asked) from error
        finally:
            self._let_go(asking)
        self._seen()
        return answer

    async def _ask(self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._pool.connection() as connection:
            return await ask(connection)

    def _let_go(self, asking: asyncio.Task[Any]) -> None:
        """Nobody waits for it: to give up a connection to a server that hangs takes seconds."""
        if not asking.done():
            asking.cancel()
            self._ending.add(asking)
            asking.add_done_callback(self._over)

    def _over(self, asking: asyncio.Task[Any]) -> None:
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
                    await migrate(connection, self._migrations)
                self._ready = True
                self._seen()
            except _LOST as error:
                self._missed(error)
                await asyncio.sleep(_AGAIN)
            except (RackhouseError, psycopg.Error) as error:
                self._why = f"its tables are not up to date: {_first_line(error)}"
                self._log.error("PostgreSQL is not used until we are started anew: %s", error)
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
async def opened(url: str, migrations: Migrations) -> AsyncIterator[Database]:
    """The database at `url`. Where it can be reached its tables are up to date on return, or why
    they cannot be is raised, so that such a release never begins; else they are made when it can.
    """
    logging.getLogger("psycopg.pool").addFilter(_reason)
    _reason.last = ""
    pool: Pool = AsyncConnectionPool(
        url,
        kwargs={
            "autocommit": True,
            "application_name": f"rackhouse-{migrations.name}",
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
    database = Database(pool, migrations, unreadable(url))
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
