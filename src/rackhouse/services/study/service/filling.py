"""Scripture is put into retrieval's collection by us, where it is not there, or in other words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.collecting import digest, documents, last
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.seams import Collecting, Scripture
from rackhouse.services.study.service.words import words

# Chapters of one request, which is one job: few of them, for behind each the index is laid anew.
BATCH = 300
_AGAIN = 10.0  # seconds until a service is asked anew, where it was away
_LOOK = 600.0  # seconds between two looks

_log = logging.getLogger("rackhouse.study")


class Filling:
    """Chapters go in their order, so where the last one is there with these words, all are: who was
    killed in between begins anew, and retrieval embeds nothing twice.
    """

    def __init__(self, scripture: Scripture, collecting: Collecting) -> None:
        self._scripture = scripture
        self._collecting = collecting

    async def fill(self) -> bool:
        """Whether anything was sent. Away, Refused."""
        canon = await self._scripture.canon()
        translations = await self._scripture.translations()
        held = await self._collecting.digest(SCRIPTURE, last(canon))
        if held == digest(translations):
            return False
        await self._collecting.begin(SCRIPTURE, resolver="scripture", language="en")
        texts = await words(self._scripture, [each.id for each in translations])
        every = list(documents(canon, translations, texts))
        for at in range(0, len(every), BATCH):
            await self._collecting.put(SCRIPTURE, every[at : at + BATCH])
        return True

    async def _chapters(self) -> int:
        return sum(len(book.verses) for book in (await self._scripture.canon()).books)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Looked after for as long as this lasts."""
        working = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working

    async def _keep(self) -> None:
        while True:
            try:
                if await self.fill():
                    _log.info("scripture was put into the collection %r", SCRIPTURE)
                ready = await self._collecting.warm(SCRIPTURE, await self._chapters())
                wait = _LOOK if ready else _AGAIN
            except (Away, Refused) as error:
                _log.warning(
                    "scripture is not in the search yet: %s", str(error).partition("\n")[0]
                )
                wait = _AGAIN
            except Exception as error:  # noqa: BLE001  what looks after it may not end unseen
                _log.error("scripture could not be put into the search: %r", error)
                wait = _AGAIN
            await asyncio.sleep(wait)
