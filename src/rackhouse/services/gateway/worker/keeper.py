"""Keeps a worker for the gateway: starts it when it is first wanted and anew when it has died or
hangs, and ends it. Runs in the gateway's process and imports nothing that computes.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from pathlib import Path

from rackhouse.kit import process
from rackhouse.kit.errors import HostError, Missing, RackhouseError, Unavailable
from rackhouse.kit.files import make_folder
from rackhouse.services.gateway.worker.room import Room
from rackhouse.services.gateway.worker.weights import FORMS

_log = logging.getLogger("rackhouse.gateway.embedder")

_SHORTEST, _LONGEST = 1.0, 60.0  # seconds between two starts that fail
_EVERY = 5.0  # seconds between two looks at whether it hangs
_PATIENCE = 20.0  # seconds: one who yields to all others may be long about it
_OURS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)  # it is we who cannot ask
_HEALTH = b"GET /health HTTP/1.1\r\nhost: embedder\r\nconnection: close\r\n\r\n"
_THREADS = 4  # at most: vectors are not all that a machine is for
_BUFFER = 65_536  # bytes of what it says
# What it is told of our environment: no address and no password of a store is among it.
_TOLD = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
_HERE = Path(__file__).parents[4]  # a release is no installed package: it is found where we are


class Keeper:
    """The worker of one model. All of it is used from one event loop. Missing: no such model."""

    def __init__(self, model: str, cache: Path, threads: int = 0) -> None:
        if model not in FORMS:
            raise Missing(f"the built-in embedder has no {model!r}; it has {', '.join(FORMS)}")
        self._model = model
        self._cache = cache.expanduser().absolute()
        self._threads = threads or min(_THREADS, os.cpu_count() or 1)
        self._room: Room | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._known = asyncio.Event()  # it is ready, or did not start
        self._why = ""
        self.pid = 0

    async def ready(self) -> Path:
        """Its socket, when it listens there. Unavailable where it does not start: another try
        follows by itself.
        """
        if self._keeping is None:
            self._room = Room()
            self._keeping = asyncio.create_task(self._keep(self._room))
        await self._known.wait()
        if self._why or self._room is None:
            raise Unavailable(self._why or "the embedder was ended")
        return self._room.socket

    async def close(self) -> None:
        """End it, and wait until it has ended."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._room is not None:
            self._room.close()
            self._room = None
        self._known.set()

    async def _keep(self, room: Room) -> None:
        pause = _SHORTEST
        while True:
            try:
                lived = await self._live(room)
            except Exception:  # noqa: BLE001 (whoever waits for it is told, and it is tried again)
                _log.exception("the embedder could not be kept")
                lived = False
            if lived:
                pause = _SHORTEST
                continue
            self._why = "the embedder does not start; the gateway's log says why"
            self._known.set()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST)
            self._known.clear()

    async def _live(self, room: Room) -> bool:
        """One life of it; False where it ended before it was ready."""
        room.socket.unlink(missing_ok=True)
        try:
            worker = await self._start(room)
        except RackhouseError as error:
            sys.stderr.write(f"{error}\n")
            return False
        self.pid = worker.pid
        log = asyncio.create_task(_tell(worker))
        assert worker.stdout is not None
        try:
            if not await worker.stdout.readline():
                await worker.wait()
                await log
                return False
            self._why = ""
            self._known.set()
            why = await _ended(worker.stdout, room.socket)
            self._known.clear()
            sys.stderr.write(f"embedder: it {why} and is started anew\n")
            return True
        finally:
            if worker.returncode is None:  # it keeps nothing that a kill could harm
                with suppress(ProcessLookupError):
                    worker.kill()
                await worker.wait()
            log.cancel()

    async def _start(self, room: Room) -> Process:
        argv = [sys.executable, "-m", __package__, "--model", self._model]
        argv += ["--socket", str(room.socket), "--cache", str(self._place(room))]
        argv += ["--threads", str(self._threads)]
        told = {name: os.environ[name] for name in _TOLD if name in os.environ}
        env = {**told, "PYTHONPATH": str(_HERE), "RAYON_NUM_THREADS": str(self._threads)}
        return await process.open_pipes(argv, env=env, folder=room.folder, buffer=_BUFFER)

    def _place(self, room: Room) -> Path:
        """The cache, or the room where it cannot be written: making the model takes seconds."""
        with suppress(HostError):
            make_folder(self._cache)
            if os.access(self._cache, os.W_OK | os.X_OK):
                return self._cache
        sys.stderr.write(f"embedder: {self._cache} cannot be written: made anew at each start\n")
        return room.folder


async def _ended(said: asyncio.StreamReader, socket: Path) -> str:
    """Waits until it ends, which closes what it says, or hangs; answers which."""
    ending, hanging = asyncio.create_task(said.read()), asyncio.create_task(_hung(socket))
    try:
        await asyncio.wait({ending, hanging}, return_when=asyncio.FIRST_COMPLETED)
        return "ended" if ending.done() else "hangs"
    finally:
        ending.cancel()
        hanging.cancel()


async def _hung(socket: Path) -> None:
    while True:
        if not await _answers(socket):
            return
        await asyncio.sleep(_EVERY)


async def _answers(socket: Path) -> bool:
    """Whether it says that it is well."""
    try:
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_unix_connection(socket)
            try:
                writer.write(_HEALTH)
                return (await reader.readline()).split()[1:2] == [b"200"]
            finally:
                writer.close()
    except OSError as error:  # TimeoutError among them
        return error.errno in _OURS


async def _tell(worker: Process) -> None:
    """What it says is said in the gateway's log."""
    assert worker.stderr is not None
    while said := await worker.stderr.read(_BUFFER):
        sys.stderr.write(said.decode(errors="replace"))
