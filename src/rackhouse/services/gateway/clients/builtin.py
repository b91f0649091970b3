"""The built-in embedder as an upstream: OpenAI's protocol on the socket of a process beside us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from rackhouse.kit.errors import RackhouseError
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.http.errors import Silent
from rackhouse.services.gateway.clients.http.pool import Pool
from rackhouse.services.gateway.clients.openai import OpenAi
from rackhouse.services.gateway.clients.sessions import KEPT, Sessions
from rackhouse.services.gateway.clients.wire import Wire
from rackhouse.services.gateway.model.call import Call, Reply, Task
from rackhouse.services.gateway.model.config import Upstream

_TRIES = 3
_PAUSE = 0.1  # seconds: by then it is known that it has ended


class Worker(Protocol):
    """A process that answers for one model."""

    async def ready(self) -> Path:
        """Its socket, when it listens. RackhouseError where it does not start."""

    async def close(self) -> None:
        """End it."""


class Builtin:
    """Starts the worker of a model with the first request for it."""

    def __init__(self, hire: Callable[[str], Worker]) -> None:
        self._hire = hire
        self._workers: dict[str, Worker] = {}
        self._clients: dict[Path, tuple[Pool, OpenAi]] = {}

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        """As `seams.Client`. A worker that dies meanwhile is asked again when it is back: vectors
        cost nothing, and are the same.
        """
        if call.task is not Task.EMBEDDING:
            raise Failed(f"has no {call.task.value}", asked=False, fault=False)
        for left in reversed(range(_TRIES)):
            client = self._client(await self._ready(upstream))
            try:
                return await client.ask(_local(upstream), call)
            except Failed as failed:
                silent = isinstance(failed.__cause__, Silent)
                if silent or not failed.fault or not left:
                    raise
                await asyncio.sleep(_PAUSE)
        raise AssertionError  # the last try returned or raised

    async def close(self) -> None:
        """End all of them."""
        for pool, _ in self._clients.values():
            pool.close()
        for worker in self._workers.values():
            await worker.close()

    async def _ready(self, upstream: Upstream) -> Path:
        try:
            if upstream.model not in self._workers:
                self._workers[upstream.model] = self._hire(upstream.model)
            async with asyncio.timeout(upstream.first_byte):
                return await self._workers[upstream.model].ready()
        except TimeoutError as error:
            raise Failed("is still starting", asked=False, fault=False) from error
        except RackhouseError as error:
            raise Failed(error.what, asked=False) from error

    def _client(self, socket: Path) -> OpenAi:
        if socket not in self._clients:
            pool = Pool(KEPT, path=socket)
            self._clients[socket] = pool, OpenAi(Wire(Sessions(pool, pool)))
        return self._clients[socket][1]


def _local(upstream: Upstream) -> Upstream:
    return msgspec.structs.replace(upstream, url="http://embedder", key="", authority="")


@asynccontextmanager
async def opened(hire: Callable[[str], Worker]) -> AsyncIterator[Builtin]:
    """Its workers end behind it."""
    builtin = Builtin(hire)
    try:
        yield builtin
    finally:
        await builtin.close()
