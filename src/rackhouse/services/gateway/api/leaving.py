"""A client that goes away, or reads no further: nothing is worked for it any longer."""

from __future__ import annotations

import asyncio
import math
from types import TracebackType
from typing import Self

from starlette.types import Message, Receive, Send

_STALLED = 60.0  # seconds without room for a piece: whoever reads at all makes some


class Leaving:
    """Within it, the task is cancelled when the client leaves, or takes nothing of what `send` has
    for it; outside, nothing is seen of that. Watching begins after so many seconds: most answers
    are there before, and cost no watcher.
    """

    def __init__(
        self, receive: Receive, send: Send, after: float, stalled: float = _STALLED
    ) -> None:
        self._receive = receive
        self._send = send
        self._after = after
        self._stalled = stalled
        self._sending = math.inf  # since when
        self._left = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._timer = self._loop.call_later(self._after, self.watch)
        return self

    def watch(self) -> None:
        """From now on, where it has not begun yet."""
        if self._watcher is None:
            self._watcher = self._loop.create_task(self._wait())
            self._look()

    async def send(self, message: Message) -> None:
        """As ASGI."""
        self._sending = self._loop.time()
        await self._send(message)
        self._sending = math.inf

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> bool:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None  # which knows us: together they would outlive the request
        if self._left and kind is asyncio.CancelledError and self._task is not None:
            self._task.uncancel()
            return True
        return False

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leave()

    def _look(self) -> None:
        """One timer for all pieces, which follows the last one."""
        self._timer.cancel()
        waited = max(0.0, self._loop.time() - self._sending)
        if waited >= self._stalled:
            self._leave()
        else:
            self._timer = self._loop.call_later(self._stalled - waited, self._look)

    def _leave(self) -> None:
        if not self._left and self._task is not None:
            self._left = True
            self._task.cancel()
