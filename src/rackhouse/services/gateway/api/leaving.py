"""A client that goes away: nothing is worked for it any longer."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive


class Leaving:
    """Within it, the task is cancelled when the client leaves; outside, nothing is seen of that.
    Watching begins after so many seconds: most answers are there before, and cost no watcher.
    """

    def __init__(self, receive: Receive, after: float) -> None:
        self._receive = receive
        self._after = after
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
        self._left = True
        if self._task is not None:
            self._task.cancel()
