"""Lanes: how many packs are worked on at once, so that memory stays bounded. The rest wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Lanes:
    """So many at once, in the order in which they came."""

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Callable[[], None]]:
        """A lane for the block, or until what is answered here is called."""
        await self._free.acquire()
        held = [True]

        def leave() -> None:
            if held:
                held.clear()
                self._free.release()

        try:
            yield leave
        finally:
            leave()
