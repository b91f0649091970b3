"""A server on a real socket that says given bytes, and what asks it by the gateway's own client."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from enum import Enum
from typing import Any

from rackhouse.services.gateway.clients.http.pool import Pool, opened
from rackhouse.services.gateway.clients.http.request import target, written
from rackhouse.services.gateway.clients.http.response import Response

OK = b"HTTP/1.1 200 OK\r\n"
TWO = OK + b"content-length: 2\r\n\r\n{}"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
ENDLESS = OK + b"\r\n"  # no length: until the connection ends
LONG = 60.0  # seconds: not waited for
SHORT = 0.1
MOST = 2**20


class Act(Enum):
    """What a server does instead of going on."""

    CUT = "it closes"
    RESET = "it goes without a word"


Said = tuple[bytes | float | Act, ...]  # written, waited, done
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Says what it was told to, one after the other, whichever connection asks."""

    def __init__(self, *said: bytes | Said) -> None:
        self._said = iter([each if isinstance(each, tuple) else (each,) for each in said])
        self.url = ""
        self.asked: list[bytes] = []
        self.connections = 0
        self.open = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while asked := await request(reader):
                self.asked.append(asked)
                for act in next(self._said):
                    if act is Act.RESET:
                        linger = struct.pack("ii", 1, 0)
                        sock = writer.get_extra_info("socket")
                        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        writer.transport.abort()
                    if isinstance(act, Act):
                        return
                    if isinstance(act, float):
                        await asyncio.sleep(act)
                    else:
                        writer.write(act)
                        await writer.drain()
        except OSError:  # it was let go
            pass
        finally:
            self.open -= 1
            writer.close()

    async def let_go(self) -> None:
        """When nobody is connected any more."""
        while self.open:
            await asyncio.sleep(0.005)


class Flood:
    """Says `begin` and then `part` after `part`, 50 MB of them, for as long as they are taken."""

    MOST = 50_000_000

    def __init__(self, begin: bytes, part: bytes) -> None:
        self._begin, self._part = begin, part
        self.sent = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(self._begin)
        while self.sent < self.MOST:
            writer.write(self._part)
            self.sent += len(self._part)
            await writer.drain()

    async def held_up(self) -> None:
        """When it gets no further; no more was taken than the system holds for both."""
        was = -1
        while self.sent != was:
            was = self.sent
            await asyncio.sleep(0.1)
        assert self.sent < self.MOST / 2


async def request(reader: asyncio.StreamReader) -> bytes:
    """b"" when there is none any more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return head + await reader.readexactly(length)


@asynccontextmanager
async def serving(handle: Handler, **more: Any) -> AsyncIterator[str]:
    """Its address."""
    running: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(asyncio.CancelledError):
                await handle(reader, writer)
        finally:
            running.discard(task)
            writer.close()

    if "path" in more:
        server = await asyncio.start_unix_server(one, **more)
        url = "http://localhost"
    else:
        server = await asyncio.start_server(one, **{"host": "127.0.0.1", "port": 0, **more})
        scheme = "https" if "ssl" in more else "http"
        url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield url
    finally:
        server.close()
        for each in list(running):
            each.cancel()
        while running:
            await asyncio.sleep(0)


@asynccontextmanager
async def saying(*said: bytes | Said, kept: float = LONG) -> AsyncIterator[tuple[Server, Pool]]:
    server = Server(*said)
    async with opened(Pool(kept)) as pool, serving(server.handle) as server.url:
        yield server, pool


async def ask(
    pool: Pool,
    url: str,
    *,
    patience: float = LONG,
    connect: float = LONG,
    body: bytes = b"{}",
    context: ssl.SSLContext | None = None,
) -> Response:
    to = target(url)
    request = written("POST", to, "/v1", {}, body)
    return await pool.ask(to, request, connect=connect, patience=patience, context=context)


async def whole(pool: Pool, url: str, **more: Any) -> bytes:
    return await (await ask(pool, url, **more)).whole(MOST)


async def gone(pool: Pool) -> None:
    """When no connection is open."""
    while pool._open:
        await asyncio.sleep(0.005)


@contextmanager
def full() -> Iterator[int]:
    """A port of 127.0.0.1 where connecting has no end: nobody accepts, and the queue is full."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen(0)
        port = one.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", port))
            yield port
        finally:
            for each in waiting:
                each.close()
