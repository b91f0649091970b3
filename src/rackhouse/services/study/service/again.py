"""What is looked after beside the answers: again and again, whatever a turn meets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from rackhouse.kit.beside import beside
from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.found import Refused

_AGAIN = 5.0  # seconds until the next turn, where one failed

_log = logging.getLogger("rackhouse.study")


@asynccontextmanager
async def again(turn: Callable[[], Awaitable[float]], what: str) -> AsyncIterator[None]:
    """For as long as this lasts. A turn answers after how many seconds the next one begins; `what`
    is told in the log where it failed.
    """

    async def work() -> None:
        while True:
            try:
                wait = await turn()
            except (Away, Refused) as error:
                _log.warning("%s waits: %s", what, str(error).partition("\n")[0])
                wait = _AGAIN
            except Exception as error:  # noqa: BLE001  what looks after it may not end unseen
                _log.error("%s failed: %r", what, error)
                wait = _AGAIN
            await asyncio.sleep(wait)

    async with beside(work()):
        yield
