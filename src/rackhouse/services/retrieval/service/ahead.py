"""Work that is begun before its turn, so that nobody waits while what came before is kept."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

One = TypeVar("One")
Found = TypeVar("Found")


async def ahead(
    some: AsyncIterator[One], work: Callable[[One], Awaitable[Found]], count: int = 2
) -> AsyncGenerator[tuple[One, Found], None]:
    """Each of `some` with what came of it, in their order; so many are worked at when the first of
    them is given. What goes wrong with one is raised in its place. To be closed: what was begun is
    given up then.
    """
    begun: deque[tuple[One, asyncio.Future[Found]]] = deque()
    try:
        async for one in some:
            begun.append((one, asyncio.ensure_future(work(one))))
            if len(begun) == count:
                yield await _first(begun)
        while begun:
            yield await _first(begun)
    finally:
        for _, working in begun:
            working.cancel()
        await asyncio.gather(*(working for _, working in begun), return_exceptions=True)


async def _first(begun: deque[tuple[One, asyncio.Future[Found]]]) -> tuple[One, Found]:
    """It stays until it is done, so that it is given up with the others."""
    one, working = begun[0]
    found = await working
    begun.popleft()
    return one, found
