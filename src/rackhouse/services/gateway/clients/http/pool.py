"""Connections that are kept between requests, and how new ones are made."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path

from aiohappyeyeballs import start_connection

from rackhouse.services.gateway.clients.http.connection import Connection
from rackhouse.services.gateway.clients.http.errors import Unreached
from rackhouse.services.gateway.clients.http.names import Names
from rackhouse.services.gateway.clients.http.request import Target
from rackhouse.services.gateway.clients.http.response import Response

_NEXT_FAMILY = 0.25  # seconds until an address of the other family is tried too: RFC 8305

Where = tuple[bool, str, int, ssl.SSLContext | None]


class Pool:
    """`kept`: seconds that a connection is kept for. All addresses are reached that `allowed` says
    may be; where `path` names a socket, it is what is reached whatever the address.
    """

    def __init__(
        self,
        kept: float,
        allowed: Callable[[str], bool] = lambda _: True,
        refusal: str = "cannot be reached",
        path: Path | None = None,
    ) -> None:
        self._kept = kept
        self._names = Names(allowed, refusal)
        self._path = path
        self._idle: dict[Where, list[tuple[float, Connection]]] = {}
        self._open: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._closed = False

    async def ask(
        self,
        to: Target,
        request: bytes,
        *,
        connect: float,
        patience: float,
        context: ssl.SSLContext | None = None,
    ) -> Response:
        """The answer, when its head is there. HttpError. `connect` seconds are given to a
        connection, `patience` is how many may pass without a word after that; `context` judges the
        certificate, None being the usual authorities.
        """
        where = (to.tls, to.host, to.port, context)
        connection = self._take(where)
        if connection is None:
            connection = await self._connected(to, connect, context)
            self._open.add(connection)  # not before: uvloop does not say when it gives up
        try:
            if self._closed:
                raise Unreached("is not asked any more")
            await connection.ask(request, patience)
            return Response(connection, partial(self._done, where))
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """All connections, at once."""
        self._closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        for each in list(self._open):
            each.close()
        self._idle.clear()

    def _take(self, where: Where) -> Connection | None:
        idle = self._idle.get(where)
        oldest = asyncio.get_running_loop().time() - self._kept
        while idle:
            since, connection = idle.pop()
            if connection.usable and since > oldest:
                return connection
            connection.close()
        return None

    def _done(self, where: Where, connection: Connection) -> None:
        if self._closed or not connection.usable:
            connection.close()
            return
        loop = asyncio.get_running_loop()
        self._idle.setdefault(where, []).append((loop.time(), connection))
        if self._sweeping is None:
            self._sweeping = loop.call_later(self._kept, self._sweep)

    def _sweep(self) -> None:
        """Close what nobody took for so long."""
        loop = asyncio.get_running_loop()
        oldest = loop.time() - self._kept
        for where, idle in list(self._idle.items()):
            for since, connection in idle:
                if since <= oldest:
                    connection.close()
            self._idle[where] = [each for each in idle if each[0] > oldest]
            if not self._idle[where]:
                del self._idle[where]
        self._sweeping = loop.call_later(self._kept, self._sweep) if self._idle else None

    async def _connected(
        self, to: Target, seconds: float, context: ssl.SSLContext | None
    ) -> Connection:
        try:
            async with asyncio.timeout(seconds):
                return await self._connect(to, context)
        except ssl.SSLCertVerificationError as error:
            raise Unreached("its certificate is not accepted") from error
        except ssl.SSLError as error:
            raise Unreached("speaks no TLS that is known here") from error
        except (OSError, RuntimeError) as error:  # uvloop has both for a socket
            raise Unreached("cannot be reached") from error

    async def _connect(self, to: Target, context: ssl.SSLContext | None) -> Connection:
        loop = asyncio.get_running_loop()
        made = partial(Connection, self._open)
        if self._path is not None:
            _, connection = await loop.create_unix_connection(made, str(self._path))
            return connection
        addresses = await self._names.addresses(to.host, to.port)
        try:
            sock = await start_connection(addresses, happy_eyeballs_delay=_NEXT_FAMILY)
        except BaseException:
            self._names.forget(to.host, to.port)  # it may have moved
            raise
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            judged = (context or _usual()) if to.tls else None
            name = to.host if to.tls else None
            _, connection = await loop.create_connection(
                made, sock=sock, ssl=judged, server_hostname=name
            )
        except BaseException:
            sock.close()
            raise
        return connection


@cache
def _usual() -> ssl.SSLContext:
    return ssl.create_default_context()


@asynccontextmanager
async def opened(pool: Pool) -> AsyncIterator[Pool]:
    """Closed behind."""
    try:
        yield pool
    finally:
        pool.close()
