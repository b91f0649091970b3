"""When Python looks for objects that only know each other: while few requests would wait for it.

What a request used is freed as it ends, so there are few of them. But a look takes the longer the
more objects are in use, a tenth of a second while a thousand streams are open, and just then Python
would look.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

_EVERY = 10.0  # seconds between two looks
_FEW = 20  # requests
_MOST = 400_000  # objects more than there were, some 50 MB, after which it looks all the same


class Tidy:
    """An ASGI application around another, whose requests `busy` counts."""

    def __init__(self, app: ASGIApp, busy: Callable[[], int]) -> None:
        self._app = app
        self._busy = busy

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """As ASGI."""
        serve = self._live if scope["type"] == "lifespan" else self._app
        return serve(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        looking = asyncio.create_task(self._look())
        try:
            await self._app(scope, receive, send)
        finally:
            looking.cancel()

    async def _look(self) -> None:
        gc.collect()
        gc.freeze()  # modules, which stay
        gc.set_threshold(_MOST, 20, 20)
        while True:
            await asyncio.sleep(_EVERY)
            if self._busy() <= _FEW:
                gc.collect()
