"""A way to what listens on a machine: Unix sockets here that SSH leads there. One connection."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from rackhouse.transport.address import Address
from rackhouse.transport.ssh import Ssh, connect


class Way:
    """To the machine at `address`. Connects when it is first asked; Unavailable, Refused, Missing.

    The sockets lie in a folder that this account alone may enter, and go when it is closed.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._turn = asyncio.Lock()
        self._held = AsyncExitStack()
        self._ssh: Ssh | None = None
        self._folder = Path()
        self._known: dict[str, str] = {}

    async def socket(self, there: str) -> str:
        """A socket here that leads to the socket `there`."""
        return await self._open(there, lambda ssh, here: ssh.forward(here, there))

    async def port(self, host: str, number: int) -> str:
        """A socket here that leads to what that machine reaches as `host` on a TCP port."""
        asked = f"{host}:{number}"
        return await self._open(asked, lambda ssh, here: ssh.forward_port(here, host, number))

    async def has(self, socket: str) -> bool:
        """Whether there is a socket of that path on the machine."""
        async with self._turn:
            channel = await (await self._connected()).open(("test", "-S", socket))
        try:
            return (await channel.ended()).code == 0
        finally:
            await channel.close()

    async def close(self) -> None:
        """Hang up, and forget the ways."""
        self._ssh, self._known = None, {}
        await self._held.aclose()

    async def _open(self, what: str, forward: Callable[[Ssh, Path], Awaitable[None]]) -> str:
        async with self._turn:
            if what not in self._known:
                ssh = await self._connected()
                here = self._folder / str(len(self._known))
                await forward(ssh, here)
                self._known[what] = str(here)
            return self._known[what]

    async def _connected(self) -> Ssh:
        if self._ssh is None:
            self._ssh = await connect(self._address)
            self._held.push_async_callback(self._ssh.close)
            self._folder = Path(self._held.enter_context(TemporaryDirectory(prefix="rackhouse-")))
        return self._ssh
