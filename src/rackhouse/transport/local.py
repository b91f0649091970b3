"""A program on this machine as a channel: in a test's root file system or network namespace."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rackhouse.kit.process import open_pipes
from rackhouse.transport.channel import Ended

if TYPE_CHECKING:
    from asyncio.subprocess import Process

_BUFFER = 1 << 20


class LocalChannel:
    """A process and its pipes: a `Channel`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._in = cast(asyncio.StreamWriter, process.stdin)
        self._out = cast(asyncio.StreamReader, process.stdout)
        self._err = asyncio.ensure_future(cast(asyncio.StreamReader, process.stderr).read())

    async def read(self, count: int) -> bytes:
        """Exactly `count` bytes. EOFError when it ended."""
        return await self._out.readexactly(count)  # IncompleteReadError is an EOFError

    async def write(self, data: bytes) -> None:
        """Bytes for its input. EOFError when it ended."""
        try:
            self._in.write(data)
            await self._in.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise EOFError from error

    async def ended(self) -> Ended:
        """Its exit code, negative for a signal, and all that it complained."""
        code = await self._process.wait()
        return Ended(code, (await self._err).decode("utf-8", "replace").strip())

    def kill(self) -> None:
        """SIGKILL to it and its children, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        """End its input; kill it when it does not end by that."""
        self._in.close()
        with contextlib.suppress(OSError):
            await self._in.wait_closed()
        try:
            async with asyncio.timeout(5):
                await self.ended()
        except TimeoutError:
            self.kill()
            await self.ended()


class Local:
    """This machine, behind `prefix` (`("chroot", "/srv/root")`): a `Connection`."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        self._prefix = tuple(prefix)
        self._open: list[LocalChannel] = []

    async def open(self, argv: Sequence[str]) -> LocalChannel:
        """Start a program."""
        argv = [*self._prefix, *argv]
        process = await open_pipes(argv, env=os.environ, folder=Path("/"), buffer=_BUFFER)
        channel = LocalChannel(process)
        self._open.append(channel)
        return channel

    async def close(self) -> None:
        """End all that was started."""
        for channel in self._open:
            await channel.close()
