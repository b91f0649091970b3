"""The least that can stand between a load and an upstream: bytes copied, nothing looked at.

    python relay.py PORT UPSTREAM_PORT

What it adds is the machine's own: two more hops over loopback, and a process that has to wake up.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop


class _End(asyncio.Protocol):
    """One end of a connection: what comes is written to the other."""

    def __init__(self, other: asyncio.Transport | None = None, port: int = 0) -> None:
        self._other = other
        self._port = port
        self._held = b""  # until the other end is there

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._other is None:
            self._joining = asyncio.create_task(self._join())

    async def _join(self) -> None:
        loop = asyncio.get_running_loop()
        made, _ = await loop.create_connection(
            lambda: _End(self._transport), "127.0.0.1", self._port
        )
        self._other = cast(asyncio.Transport, made)
        self._other.write(self._held)

    def data_received(self, data: bytes) -> None:
        if self._other is None:
            self._held += data
        else:
            self._other.write(data)

    def connection_lost(self, _: Exception | None) -> None:
        if self._other is not None:
            self._other.close()


async def _serve(port: int, upstream: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _End(port=upstream), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
