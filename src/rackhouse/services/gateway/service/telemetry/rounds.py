"""What is done again and again for as long as a gateway serves, and a last time at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from rackhouse.kit.beside import beside


@asynccontextmanager
async def rounds(
    work: Callable[[], Awaitable[None]], every: float, last: float
) -> AsyncIterator[None]:
    """`work` with `every` seconds between while the context is open, then once more, which may take
    `last` seconds. It must not raise.
    """

    async def forever() -> None:
        while True:
            await asyncio.sleep(every)
            await work()

    try:
        async with beside(forever()):
            yield
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(last):
                await work()
