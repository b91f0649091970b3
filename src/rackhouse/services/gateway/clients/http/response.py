"""An answer whose head is there, and whose body is still to be read."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable

from rackhouse.services.gateway.clients.http.connection import Connection
from rackhouse.services.gateway.clients.http.errors import Broken

_EITHER = 32 + zlib.MAX_WBITS  # gzip, or deflate with the head that its standard has
_AT_ONCE = 2**20  # bytes: little that is packed may be a lot
_PLAIN = (b"", b"identity")
_PACKED = (b"gzip", b"x-gzip", b"deflate")


class Response:
    """Of one request. Whoever has it reads to the end and releases it, or closes it."""

    __slots__ = ("_connection", "_done", "_packed", "_unpack", "headers", "status")

    def __init__(self, connection: Connection, done: Callable[[Connection], None]) -> None:
        self.status = connection.status
        self.headers = connection.headers
        self._connection: Connection | None = connection
        self._done = done
        self._packed = False  # something came that was
        coding = self.headers.get(b"content-encoding", b"identity")
        self._unpack = None if coding == b"identity" else _unpacking(coding.strip().lower())

    def header(self, name: bytes) -> str:
        """ "" where there is none. `name` in small letters."""
        return self.headers.get(name, b"").strip().decode("latin-1")

    def bear(self, patience: float) -> None:
        """Seconds without a word that are waited from now on."""
        if self._connection is not None:
            self._connection.bear(patience)

    async def some(self) -> bytes:
        """What came of the body, b"" at its end. HttpError when it breaks off."""
        if self._connection is None:
            return b""
        if self._unpack is not None:
            return await self._unpacked(self._connection)
        return await self._connection.some()

    async def whole(self, most: int) -> bytes:
        """The body, released. HttpError when it breaks off, or is larger than `most` bytes."""
        parts: list[bytes] = []
        size = 0
        try:
            while part := await self.some():
                parts.append(part)
                size += len(part)
                if size > most:
                    raise Broken(f"answered more than {most} bytes")
        finally:
            self.release()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def release(self) -> None:
        """The connection is kept for the next request, or closed where more is still to come."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._done(connection)

    def close(self) -> None:
        """Nobody reads on: it need not be sent."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _unpacked(self, connection: Connection) -> bytes:
        assert self._unpack is not None
        try:
            while True:
                if self._unpack.unused_data:  # which it would keep
                    raise Broken("answered more than it packed")
                some = self._unpack.unconsumed_tail
                if some:
                    await asyncio.sleep(0)  # others have their turn
                elif not (some := await connection.some()):
                    if self._packed and not self._unpack.eof:
                        raise Broken("answered half of what it packed")
                    return b""
                self._packed = True
                if unpacked := self._unpack.decompress(some, _AT_ONCE):
                    return unpacked
        except zlib.error as error:
            raise Broken("answered what cannot be unpacked") from error


def _unpacking(coding: bytes) -> zlib._Decompress | None:
    if coding in _PLAIN:
        return None
    if coding not in _PACKED:
        raise Broken(f"answered packed as {coding.decode('latin-1')[:20]}, which nobody asked for")
    return zlib.decompressobj(_EITHER)
