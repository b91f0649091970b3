"""Another file while it serves: whoever comes is answered by the new gateway, and the old one ends
what it began. No connection is closed for it, and a file that is wrong changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from rackhouse.services.gateway.api.pace import Pace
from rackhouse.services.gateway.model.config import Config

Opening = Callable[[Config], AbstractAsyncContextManager[ASGIApp]]
Changed = Callable[[], Config | None]  # what the file has become; None: the same, or not readable

_log = logging.getLogger(__name__)
_EVERY: Final = 0.25  # seconds between two looks at the file
_LONGEST: Final = 600.0  # seconds that the old one may go on with what it began


class _Generation:
    """One gateway, and how many requests it has."""

    __slots__ = ("app", "busy", "closed", "idle", "leaving")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.busy = 0
        self.leaving = False
        self.idle = asyncio.Event()
        self.closed: asyncio.Task[None] | None = None

    def leave(self) -> None:
        """Take nothing new."""
        self.leaving = True
        if not self.busy:
            self.idle.set()


class Renewed:
    """An ASGI application: always the newest one that could be opened."""

    def __init__(self, first: Config, changed: Changed, opening: Opening) -> None:
        self._first = first
        self._changed = changed
        self._opening = opening
        self._serving: _Generation
        self._left: set[_Generation] = set()
        self._pace = Pace()
        self._life = Starlette(lifespan=self._lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, by one generation from its first byte to its last."""
        if scope["type"] == "lifespan":
            await self._life(scope, receive, send)
            return
        await self._pace.turn()
        serving = self._serving
        serving.busy += 1
        try:
            await serving.app(scope, receive, send)
        finally:
            serving.busy -= 1
            if serving.leaving and not serving.busy:
                serving.idle.set()

    def busy(self) -> int:
        """How many requests are being answered."""
        return self._serving.busy + sum(each.busy for each in self._left)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._serving = await self._open(self._first)
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            for each in (*self._left, self._serving):
                each.idle.set()
            closing = [each.closed for each in (*self._left, self._serving) if each.closed]
            for ended in await asyncio.gather(*closing, return_exceptions=True):
                if isinstance(ended, BaseException):
                    _log.error("a gateway did not close well", exc_info=ended)

    async def _watch(self) -> None:
        """Look at the file as long as it serves."""
        while True:
            await asyncio.sleep(_EVERY)
            config = self._looked()
            while config is not None:
                try:
                    generation = await self._open(config)
                except Exception:  # noqa: BLE001 (what it needs is away: the old one serves on)
                    _log.exception("the new file of models waits: its gateway cannot be opened")
                    await asyncio.sleep(_EVERY * 20)
                    config = self._looked() or config
                    continue
                self._replace(generation)
                config = None

    def _looked(self) -> Config | None:
        try:
            return self._changed()
        except Exception:  # noqa: BLE001 (whatever the file has become, the next one is read)
            _log.exception("the file of models cannot be looked at")
            return None

    def _replace(self, generation: _Generation) -> None:
        old, self._serving = self._serving, generation
        self._left.add(old)
        assert old.closed is not None
        old.closed.add_done_callback(lambda _: self._left.discard(old))
        asyncio.get_running_loop().call_later(_LONGEST, old.idle.set)
        old.leave()

    async def _open(self, config: Config) -> _Generation:
        """Opened and closed by one task, as cancel scopes have to be."""
        opened: asyncio.Future[_Generation] = asyncio.get_running_loop().create_future()

        async def live() -> None:
            try:
                async with self._opening(config) as app:
                    generation = _Generation(app)
                    opened.set_result(generation)
                    await generation.idle.wait()
            except BaseException as error:
                if opened.done():
                    raise
                opened.set_exception(error)

        task = asyncio.create_task(live())
        try:
            generation = await opened
        except asyncio.CancelledError:  # the server stops meanwhile
            task.cancel()
            raise
        generation.closed = task
        return generation
