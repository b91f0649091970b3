"""`/mcp`: streamable HTTP without sessions, for whoever shows a person's key.

The protocol's own library is imported when the first one asks: it takes longer than all else here.
"""

from __future__ import annotations

import asyncio
import importlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from rackhouse.kit.web.answers import refused
from rackhouse.kit.web.problem import Problem, TooMany, Unauthorized
from rackhouse.services.study.service import handing
from rackhouse.services.study.service.keeping import Tokens
from rackhouse.services.study.service.seams import Retrieval, Scripture

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

_AT_ONCE = 8  # requests of one person


class Door:
    """An ASGI application. `opened` lasts as long as it answers."""

    def __init__(self, tokens: Tokens, scripture: Scripture, retrieval: Retrieval) -> None:
        self._tokens = tokens
        self._scripture = scripture
        self._retrieval = retrieval
        self._busy: Counter[str] = Counter()
        self._serving: asyncio.Task[None] | None = None
        self._manager: asyncio.Future[StreamableHTTPSessionManager] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        try:
            person = await self._person(Request(scope))
            if self._busy[person] >= _AT_ONCE:
                raise TooMany(f"{_AT_ONCE} requests of yours are being answered", fix="wait")
        except Problem as problem:
            answer = await refused(Request(scope), problem)
            await answer(scope, receive, send)
            return
        self._busy[person] += 1
        try:
            manager = await self._ready()
            await manager.handle_request(scope, receive, send)
        finally:
            self._busy[person] -= 1
            if not self._busy[person]:
                del self._busy[person]

    async def _person(self, request: Request) -> str:
        """Whose key is shown. Unauthorized."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key.strip():
            person = await self._tokens.whose(handing.digest(key.strip()))
            if person:
                return person
        raise Unauthorized(
            "no key was shown that is known here",
            fix="make one on the page /ask/handed, and send it as `authorization: Bearer KEY`",
        )

    async def _ready(self) -> StreamableHTTPSessionManager:
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
            self._serving = asyncio.create_task(self._serve(self._manager))
        return await asyncio.shield(self._manager)

    async def _serve(self, ready: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        """Until it is cancelled; what the library opens is closed by the task that opened it."""
        try:
            serving = await asyncio.to_thread(_import)
            manager = serving.manager(self._scripture, self._retrieval)
        except BaseException as error:
            self._manager = None  # the next one tries again
            ready.set_exception(error if isinstance(error, Exception) else RuntimeError("stopped"))
            raise
        async with manager.run():
            ready.set_result(manager)
            await asyncio.Event().wait()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Ends what was begun."""
        try:
            yield
        finally:
            if self._serving is not None:
                self._serving.cancel()
                with suppress(asyncio.CancelledError):
                    await self._serving


def _import() -> ModuleType:
    return importlib.import_module("rackhouse.services.study.api.mcp.serving")
