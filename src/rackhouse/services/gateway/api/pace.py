"""Answers that are under way go before requests that begin."""

from __future__ import annotations

import asyncio
from collections import deque

_AT_ONCE = 8  # requests: a few milliseconds of work


class Pace:
    """At most so many begin in one turn of the event loop. A crowd that comes at the same moment
    would hold up the next piece of every stream until the last of it has been let in.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def turn(self) -> None:
        """Until there is room, in the order of coming."""
        loop = asyncio.get_running_loop()
        if self._begun == _AT_ONCE:
            place = loop.create_future()
            self._waiting.append(place)
            await place
            return
        if not self._begun:
            loop.call_soon(self._next, loop)
        self._begun += 1

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        """Those who come meanwhile wait behind those who wait: while somebody does, it is full."""
        let_in = 0
        while self._waiting and let_in < _AT_ONCE:
            place = self._waiting.popleft()
            if not place.done():  # else its client has left
                place.set_result(None)
                let_in += 1
        self._begun = _AT_ONCE if self._waiting else let_in
        if self._begun:
            loop.call_soon(self._next, loop)
