"""The way to an engine's socket: it is on this machine, or SSH leads to it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from rackhouse.transport.address import Address


class Line(Protocol):
    """`where` is for people."""

    where: str

    async def socket(self) -> str:
        """The path of a socket here that leads to the engine. Unavailable, Refused, Missing."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


class Here:
    """An engine of this machine."""

    def __init__(self, path: str) -> None:
        self.where, self._path = f"Docker at {path}", path

    async def socket(self) -> str:
        """Its own."""
        return self._path

    async def close(self) -> None:
        """There is nothing to hang up."""


class There:
    """An engine of the machine at `address`, whose socket there is `path`."""

    def __init__(self, address: Address, path: str) -> None:
        self.where = f"Docker at {path} on {address}"
        self._address, self._path = address, path
        self._turn = asyncio.Lock()
        self._held = AsyncExitStack()
        self._socket = ""

    async def socket(self) -> str:
        """One in a folder that this account alone may enter; it goes when the line is closed."""
        from rackhouse.transport import ssh

        async with self._turn:
            if not self._socket:
                connection = await ssh.connect(self._address)
                self._held.push_async_callback(connection.close)
                folder = self._held.enter_context(TemporaryDirectory(prefix="rackhouse-"))
                socket = Path(folder, "engine")
                await connection.forward(socket, self._path)
                self._socket = str(socket)
            return self._socket

    async def close(self) -> None:
        """Hang up, and forget the way."""
        self._socket = ""
        await self._held.aclose()
