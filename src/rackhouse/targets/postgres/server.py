"""One PostgreSQL server: connections as its administrator, and its errors in our words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.rows import tuple_row

from rackhouse.kit.errors import HostError, Unavailable

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_PATIENCE = 20.0  # seconds: a server that recovers after a power cut says "starting up" meanwhile
_ADMIN_DATABASE = "postgres"


class Server:
    """Where it is, and how to come in. One connection is kept; it heals itself."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._host, self._port, self._user, self._password = host, port, user, password
        self._kept: Connection | None = None
        self._turn = asyncio.Lock()

    async def run(self, *statements: sql.Composed | sql.SQL) -> Sequence[tuple[Any, ...]]:
        """Run the statements in one transaction, as the administrator; the rows of the last.

        One alone runs without a transaction block, as CREATE DATABASE must.
        """
        async with self._turn:
            with self._in_words():
                return await run(await self._admin(), *statements)

    @asynccontextmanager
    async def within(self, database: str) -> AsyncIterator[Connection]:
        """A connection to `database`, as the administrator, for the length of the block."""
        with self._in_words():
            connection = await self._connect(database)
            async with connection:
                yield connection

    def verifier(self, role: str, password: str) -> str:
        """What to give the server in place of a password, so that no log of its can hold one."""
        assert self._kept is not None  # whoever writes has read before
        pgconn = self._kept.pgconn
        made = pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        return made.decode()

    async def close(self) -> None:
        """Let go of the connection."""
        if self._kept is not None:
            await self._kept.close()
            self._kept = None

    async def _admin(self) -> Connection:
        if self._kept is None or self._kept.closed or self._kept.broken:
            self._kept = await self._connect(_ADMIN_DATABASE)
        return self._kept

    async def _connect(self, database: str) -> Connection:
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while True:
            try:
                return await psycopg.AsyncConnection.connect(
                    host=self._host,
                    port=self._port,
                    user=self._user,
                    password=self._password,
                    dbname=database,
                    autocommit=True,
                    row_factory=tuple_row,
                    connect_timeout=10,
                    application_name="rackhouse",
                )
            except psycopg.OperationalError as error:
                starting = "starting up" in str(error) or "recovery" in str(error)
                if not starting or asyncio.get_running_loop().time() > deadline:
                    raise
            await asyncio.sleep(0.1)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        where = f"PostgreSQL at {self._host}:{self._port}"
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise Unavailable(
                f"it cannot be reached: {_first_line(error)}",
                where=where,
                fix="see `rackhouse status` and `rackhouse logs postgres`",
            ) from error
        except errors.InsufficientPrivilege as error:
            raise HostError(
                f"the administrator {self._user!r} may not do this: {_first_line(error)}",
                where=where,
                fix="give it CREATEROLE and CREATEDB, or the superuser's rights for extensions",
            ) from error
        except psycopg.Error as error:
            raise HostError(
                f"it refused: {_first_line(error)}",
                where=where,
                fix="see `rackhouse logs postgres`",
            ) from error


async def run(
    connection: Connection, *statements: sql.Composed | sql.SQL
) -> Sequence[tuple[Any, ...]]:
    """Run the statements in one transaction, or one alone without; the rows of the last."""
    if len(statements) == 1:
        cursor = await connection.execute(statements[0])
    else:
        async with connection.transaction():
            for statement in statements:
                cursor = await connection.execute(statement)
    return await cursor.fetchall() if cursor.description else []


def _first_line(error: psycopg.Error) -> str:
    words = error.diag.message_primary or str(error)
    return words.strip().splitlines()[0] if words.strip() else type(error).__name__
