"""What git asks in the middle of a push: may it be (pre-receive), and what now (post-receive).

Git's hooks run `hook`, which comes here over loopback with a secret that only this one push knows;
so no path of a socket can be too long, and a kill leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.delivery.repositories.git import Git
from rackhouse.delivery.repositories.judge import Push, judge
from rackhouse.delivery.repositories.size import over_quota, size_of
from rackhouse.delivery.runs.queue import Update
from rackhouse.forge import hook
from rackhouse.forge.visit import Visit
from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.kit.paths import Paths

_PRE, _POST = "pre-receive", "post-receive"
_LONGEST = 4 << 20  # bytes of what a hook says
_SLOW = 30.0  # seconds that it may take to say it
_COLOUR = re.compile(r"\[[0-9;]*m")

_log = logging.getLogger("rackhouse.forge")

Lines = AsyncIterator[str]


@dataclass(frozen=True, slots=True)
class Hooks:
    """The other end of the hooks. `received` is told of each push, and answers what to say."""

    paths: Paths
    received: Callable[[Visit, Sequence[Update]], Lines]
    _visits: dict[str, Visit] = field(default_factory=dict)
    _port: list[int] = field(default_factory=list)
    _weighing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def folder(self) -> Path:
        """Where git finds the hooks."""
        return self.paths.files / "hooks"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Hear hooks for the block."""
        self._write()
        server = await asyncio.start_server(self._hear, "127.0.0.1", 0)
        self._port.append(server.sockets[0].getsockname()[1])
        async with server:
            yield
        self._port.clear()

    @contextmanager
    def of(self, visit: Visit) -> Iterator[dict[str, str]]:
        """Variables by which the hooks of this push are known, for the block."""
        secret = secrets.token_hex(32)
        self._visits[secret] = visit
        try:
            yield {"RACKHOUSE_PUSH": f"{self._port[0]}:{secret}"}
        finally:
            del self._visits[secret]

    def _write(self) -> None:
        """Two lines of shell for each, since git starts them by their names."""
        make_folder(self.folder)
        for stage in (_PRE, _POST):
            words = (sys.executable, "-I", "-S", hook.__file__, stage)
            quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
            write_atomic(self.folder / stage, f"#!/bin/sh\nexec {quoted}\n", 0o700, sync=False)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(text: str) -> None:
            for line in text.split("\n"):
                writer.write(f" {shown(line)}\n".encode(errors="replace"))
            await writer.drain()

        try:
            async with asyncio.timeout(_SLOW):
                visit, stage, env, updates = await self._told(reader)
            try:
                code = await self._answer(visit, stage, env, updates, say)
            except RackhouseError as error:
                await say(str(error))
                code = 1
            writer.write(f"={code}\n".encode())
            await writer.drain()
        except (TimeoutError, KeyError, ValueError, ConnectionError) as error:
            _log.debug("a hook that is none: %r", error)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _told(
        self, reader: asyncio.StreamReader
    ) -> tuple[Visit, str, dict[str, str], list[Update]]:
        visit = self._visits[(await reader.readline()).decode().strip()]
        data = bytearray()
        while chunk := await reader.read(65536):
            data += chunk
            if len(data) > _LONGEST:
                raise ValueError("too much")
        # By newlines alone: a ref's name may hold what else Python takes for one.
        stage, *lines = bytes(data).decode(errors="surrogateescape").split("\n")
        count = len(hook.ENVIRONMENT)
        places = zip(hook.ENVIRONMENT, lines[:count], strict=True)
        env = {name: place for name, place in places if place}
        return visit, stage, env, [_update(line) for line in lines[count:] if line]

    async def _answer(
        self,
        visit: Visit,
        stage: str,
        env: dict[str, str],
        updates: list[Update],
        say: Callable[[str], Awaitable[None]],
    ) -> int:
        if stage == _PRE:
            reasons = await asyncio.to_thread(_judged, visit, env, updates)
            if not reasons and (why := await self._too_much(visit, env)):
                reasons = [why]
            for reason in reasons:
                await say(reason)
            return 1 if reasons else 0
        visit.granted = 0
        visit.settled()
        telling = asyncio.create_task(_tell(self.received(visit, updates), say))
        leaving = asyncio.create_task(visit.gone.wait())
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await telling
        return 0

    async def _too_much(self, visit: Visit, env: Mapping[str, str]) -> str:
        """Whether its repository has room for what arrived, one push after the other: what others
        were granted counts before it is there, so that two that fit alone do not come together.
        """
        async with self._weighing:
            here = (each for each in self._visits.values() if each.folder == visit.folder)
            others = sum(each.granted for each in here if each is not visit)
            place = env.get("GIT_QUARANTINE_PATH", "")
            brought = await asyncio.to_thread(size_of, Path(place)) if place else 0
            row, folder = visit.repository, visit.folder
            why = await asyncio.to_thread(over_quota, row, folder, brought, others)
            visit.granted = 0 if why else brought
        return why


def shown(line: str) -> str:
    """A line as a terminal may have it: colours, and nothing else that commands one."""
    keep = (c if c.isprintable() or c in "\t\x1b" else " " for c in line)
    first, *rest = "".join(keep).split("\x1b")
    return first + "".join(f"\x1b{each}" if _COLOUR.match(each) else each for each in rest)


async def _tell(lines: Lines, say: Callable[[str], Awaitable[None]]) -> None:
    async for line in lines:
        await say(line)


def _judged(visit: Visit, env: dict[str, str], updates: Sequence[Update]) -> list[str]:
    git = Git(visit.folder, env)
    push = Push(repository=visit.repository, caller=visit.caller, updates=updates, git=git)
    return judge(push)


def _update(line: str) -> Update:
    before, after, ref = line.split(" ", 2)
    return Update(ref=ref, before=before.strip("0") and before, after=after.strip("0") and after)
