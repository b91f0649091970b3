"""Answers that are under way go before requests that begin."""

from __future__ import annotations

import asyncio

_AT_ONCE = 8  # requests: a few milliseconds of work


class Pace:
    """At most so many begin in one turn of the event loop. A crowd that comes at the same moment
    would hold up the next piece of every stream until the last of it has been let in.
    """

    def __init__(self) -> None:
        self._begun = 0

    async def turn(self) -> None:
        """Until there is room, in the order of coming."""
        while self._begun >= _AT_ONCE:  # noqa: ASYNC110 (a turn is what is waited for)
            await asyncio.sleep(0)
        if not self._begun:
            asyncio.get_running_loop().call_soon(self._next)
        self._begun += 1

    def _next(self) -> None:
        self._begun = 0
