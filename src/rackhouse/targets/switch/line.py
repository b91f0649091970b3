"""Connections to a switch, and commands on them. One command at a time."""

from __future__ import annotations

import asyncio

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.transport.channel import Connect, Connection
from rackhouse.transport.command import command

_HANG_UP = 2.0  # seconds for a connection that may lead nowhere to close


class Line:
    """One connection, made when it is needed, and anew when it broke."""

    def __init__(self, connect: Connect, *, sudo: bool = False) -> None:
        self._connect = connect
        self._sudo = sudo
        self._turn = asyncio.Lock()
        self._open: Connection | None = None

    async def run(self, script: str, *words: str, where: str) -> str:
        """What a script said. HostError with its last words, Unavailable where the line broke."""
        async with self._turn:
            if self._open is None:
                self._open = await self._connect()
            try:
                argv = ("sh", "-c", script, "sh", *words)
                said = await command(self._open, argv, sudo=self._sudo)
            except BaseException:
                await self._drop()
                raise
            if said.code is None:
                await self._drop()
                raise Unavailable("the connection to the switch broke", where=where)
        if said.code:
            last = (said.err or said.out).strip() or f"exit code {said.code}"
            fix = "try the same by hand: ssh, then `sudo ovs-vsctl show`"
            raise HostError(f"the switch refused: {last}", where=where, fix=fix)
        return said.out

    async def anew(self) -> None:
        """Leave this connection for a new one, which has to come about. Raises as `connect`."""
        async with self._turn:
            await self._drop()
            self._open = await self._connect()

    async def close(self) -> None:
        """Hang up."""
        async with self._turn:
            await self._drop()

    async def _drop(self) -> None:
        line, self._open = self._open, None
        if line is not None:
            try:
                async with asyncio.timeout(_HANG_UP):
                    await line.close()
            except (TimeoutError, OSError, EOFError):
                return
