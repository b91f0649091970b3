"""One connection: a request goes out and its answer comes back, then perhaps the next. Nothing is
waited for without an end, and no more is held in memory than somebody is about to read.
"""

from __future__ import annotations

import asyncio
import math
from typing import cast

import httptools

from rackhouse.services.gateway.clients.http.errors import Broken, HttpError, Silent, Unreached

_MOST_BARE = 64 * 2**10  # bytes in a row that nobody reads: headers, trailers, sizes of chunks
_MOST_HELD = 256 * 2**10  # bytes that nobody has read yet, after which it is to wait
_BODILESS = (204, 304)
_INTERIM = (100, 102, 103)  # what others begin is another protocol, or nothing known


class Connection(asyncio.Protocol):
    """`status` and `headers`, whose names are in small letters, are those of the last answer. It
    leaves `those` when it ends.
    """

    def __init__(self, those: set[Connection]) -> None:
        self._those = those
        self._loop = asyncio.get_running_loop()
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._waiter: asyncio.Future[None] | None = None
        self._patience = math.inf  # seconds
        self._since = math.inf  # when waiting began
        self._due = math.inf  # when the timer looks next
        self._timer: asyncio.TimerHandle | None = None
        self._lost = False
        self._error: HttpError | None = None
        self._whole = self._keeps = True
        self._begin()

    def _begin(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self._bare = 0  # bytes since the last that somebody reads
        self._interim = False  # a word before the answer: "100 Continue"
        self._ends_with_it = False  # the answer says no length, and ends with the connection
        self._body: list[bytes] = []
        self._held = 0
        self._paused = False

    @property
    def usable(self) -> bool:
        """Whether it takes another request: the last was sent, all of its answer was read, and it
        stays open.
        """
        return (
            self._whole
            and self._keeps
            and not (self._lost or self._body or self._error)
            and not self._transport.get_write_buffer_size()
        )

    async def ask(self, request: bytes, patience: float) -> None:
        """Send it, and wait for the head of the answer. HttpError. `patience` is how many seconds
        may pass until that, and then without a word for as long as somebody waits for one.
        """
        if self._lost:
            raise Unreached("cannot be reached")
        self._begin()
        self._whole = self._keeps = False
        self._patience = patience
        self._transport.write(request)
        while not self.status:
            await self._wait()

    def bear(self, patience: float) -> None:
        """Wait so long from now on."""
        self._patience = patience

    async def some(self) -> bytes:
        """What came of the body, b"" at its end. HttpError when it breaks off."""
        while not self._body:
            if self._whole:
                return b""
            await self._wait()
        body = self._body
        some = body[0] if len(body) == 1 else b"".join(body)
        body.clear()
        self._held = 0
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return some

    def close(self) -> None:
        """At once. Whoever waits for more is told that it broke off."""
        if not self._whole:
            self._break(Broken("broke off"))
        self._end()
        self._body.clear()
        self._transport.abort()

    async def _wait(self) -> None:
        if self._error is not None:
            raise _another(self._error)
        self._waiter = self._loop.create_future()
        self._since = self._loop.time()
        if self._since + self._patience < self._due:
            self._look_at(self._since + self._patience)
        try:
            await self._waiter
        finally:
            self._waiter = None
            self._since = math.inf

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _look_at(self, due: float) -> None:
        """One timer follows all waiting: most of it ends before, and costs none."""
        if self._timer is not None:
            self._timer.cancel()
        self._due = due
        self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._due = math.inf
        if self._waiter is None or self._waiter.done():  # a word came in this very moment
            return
        if self._loop.time() - self._since >= self._patience:
            self._break(Silent("fell silent"))
        else:
            self._look_at(self._since + self._patience)

    def _break(self, error: HttpError) -> None:
        self._error = self._error or error
        self._wake()

    def _end(self) -> None:
        """It is lost. The parser knows us: together they would stay until Python looks for such."""
        self._lost = True
        self._parser = None
        self._those.discard(self)
        if self._timer is not None:
            self._timer.cancel()

    # Of asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are of no such class

    def data_received(self, data: bytes) -> None:
        """As asyncio."""
        if self._whole or self._parser is None:  # nobody asked
            self.close()
            return
        status, held = self.status, self._held
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._keeps = False
            if not self._whole:
                broken = Broken("answered what is no HTTP")
                broken.__cause__ = error.with_traceback(None)  # which knows us
                self._break(broken)
        if self._held != held or self.status != status or self._whole:
            self._bare = 0
            self._wake()
            return
        self._bare += len(data)
        if self._bare > _MOST_BARE:
            self._transport.pause_reading()
            self._break(Broken(f"answered more than {_MOST_BARE} bytes of headers"))

    def eof_received(self) -> None:
        """As asyncio, which closes it next. What was asked by then would not be sent."""
        self._lost = True

    def connection_lost(self, error: Exception | None) -> None:
        """As asyncio."""
        self._end()
        if self._whole:
            return
        if self._ends_with_it and error is None and self._error is None:
            self._whole = True
        else:
            broken = Broken("broke off")
            broken.__cause__ = error
            self._break(broken)
        self._wake()

    # Of the parser.

    def on_message_begin(self) -> None:
        """As httptools. Two answers to one request: the second is nobody's."""
        if self._whole:
            self._keeps = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """As httptools. What follows a body is of no use."""
        if not self.status:
            self.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """As httptools."""
        if self._whole or self._parser is None:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._interim = True
            self.headers.clear()
            if status not in _INTERIM:
                raise ValueError(status)  # to the parser, which stops
            return
        self.status = status
        coded = self.headers.get(b"transfer-encoding", b"").lower()
        known = b"content-length" in self.headers or b"chunked" in coded
        self._ends_with_it = not known and status not in _BODILESS

    def on_body(self, body: bytes) -> None:
        """As httptools."""
        if self._whole:
            return
        self._body.append(body)
        self._held += len(body)
        if self._held > _MOST_HELD and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """As httptools."""
        if self._interim:
            self._interim = False
        elif not self._whole:
            self._whole = True
            self._keeps = self._parser is not None and self._parser.should_keep_alive()


def _another(error: HttpError) -> HttpError:
    """The same, to be raised: the one that a connection keeps would hold all that waited for it."""
    same = type(error)(*error.args)
    same.__cause__ = error.__cause__
    return same
