"""A visit to a machine: sends `there` to its Python, asks, and hangs up."""

from __future__ import annotations

import ast
import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import resources
from typing import Any

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.transport.address import Address
from rackhouse.transport.channel import Channel, Connection

PATIENCE = 60.0  # seconds: a card that is asked to sync two hundred times
_THERE = "rackhouse.operations.hosts.there"
_MODULES = ("read", "system", "health", "names", "arp", "line", "main")  # each after what it uses
_BOOT = f"""
import sys, types
def add(name, text):
    sys.modules[name] = module = types.ModuleType(name)
    exec(compile(text, "<" + name + ">", "exec"), module.__dict__)
    return module
there, source = "{_THERE}", sys.stdin.buffer
add(there, "")
for name, text in eval(source.read(int(source.readline()))):
    last = add(there + "." + name, text)
last.serve()
"""


class Visit:
    """A machine that listens. One question at a time."""

    def __init__(self, channel: Channel, where: str) -> None:
        self._channel = channel
        self._where = where
        self._asking = asyncio.Lock()

    async def ask(self, do: str, **words: Any) -> Any:
        """What it answers. HostError: it has no Python, or no sudo; Unavailable: it went silent."""
        question = repr({"do": do, **words}).encode()
        try:
            async with self._asking, asyncio.timeout(PATIENCE):
                await self._channel.write(b"%d\n" % len(question) + question)
                size = int(await self._channel.read(10))
                return ast.literal_eval((await self._channel.read(size)).decode())
        except TimeoutError:
            what = f"did not answer within {PATIENCE:.0f} s"
            raise Unavailable(what, where=self._where, fix="look at its load and disk") from None
        except EOFError:
            raise await self._ended() from None

    async def _ended(self) -> HostError | Unavailable:
        ended = await self._channel.ended()
        if ended.code is None:
            fix = "try again; if it goes again, look at its power and network"
            return Unavailable("the connection broke", where=self._where, fix=fix)
        last = ended.err.splitlines()[-1] if ended.err else "it said nothing"
        fix = "it needs python3, and an account that may use sudo without a password"
        return HostError(f"cannot be measured: {last}", where=self._where, fix=fix)


@asynccontextmanager
async def visit(address: Address) -> AsyncIterator[Visit]:
    """Connect, and ask. Raises as `transport.ssh.connect` does."""
    from rackhouse.transport.ssh import connect

    connection = await connect(address)
    try:
        async with entered(connection, str(address), sudo=address.sudo) as visit:
            yield visit
    finally:
        await connection.close()


@asynccontextmanager
async def entered(connection: Connection, where: str, *, sudo: bool) -> AsyncIterator[Visit]:
    """The same on a machine that has been reached."""
    argv = ("python3", "-c", _BOOT)
    channel = await connection.open(("sudo", "-n", "--", *argv) if sudo else argv)
    try:
        with suppress(EOFError):  # the first question says why
            await channel.write(_program())
        yield Visit(channel, where)
    finally:
        await channel.close()


@functools.cache
def _program() -> bytes:
    folder = resources.files(_THERE)
    sources = [(name, folder.joinpath(f"{name}.py").read_text("utf-8")) for name in _MODULES]
    text = repr(sources).encode()
    return b"%d\n" % len(text) + text
