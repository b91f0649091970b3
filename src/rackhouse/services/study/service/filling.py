"""Scripture is put into retrieval's collection by us, where it is not there, or in other words."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AbstractAsyncContextManager
from itertools import islice

from rackhouse.kit.memory import settle
from rackhouse.services.study.model.collecting import digest, documents, last
from rackhouse.services.study.service.again import again
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.seams import Collecting, Scripture
from rackhouse.services.study.service.words import words

# Chapters of one request, which is one job: few of them, for behind each the index is laid anew.
BATCH = 300
_AGAIN = 10.0  # seconds until a service is asked anew, where it was away
_LOOK = 600.0  # seconds between two looks
_PATIENCE = 1_800.0  # seconds in which what was sent has to be there

_log = logging.getLogger("rackhouse.study")


class Filling:
    """Chapters go in their order, so where the last one is there with these words, all are: who was
    killed in between begins anew, and retrieval embeds nothing twice.
    """

    def __init__(self, scripture: Scripture, collecting: Collecting) -> None:
        self._scripture = scripture
        self._collecting = collecting
        self._sent = ("", 0.0)  # what was put there, and when
        self._whole = False

    def whole(self) -> bool:
        """Whether all of scripture is there to be searched, as far as was seen."""
        return self._whole

    async def fill(self) -> bool:
        """Whether anything was sent. Away, Refused."""
        canon = await self._scripture.canon()
        translations = await self._scripture.translations()
        held = await self._collecting.digest(SCRIPTURE, last(canon))
        wanted = digest(translations)
        # Retrieval reads what it was sent when it comes to it: sent again, it would take longer.
        under_way = self._sent[0] == wanted and time.monotonic() - self._sent[1] < _PATIENCE
        if held == wanted or under_way:
            return False
        await self._collecting.begin(SCRIPTURE, resolver="scripture", language="en")
        texts = await words(self._scripture, [each.id for each in translations])
        every = documents(canon, translations, texts)
        while some := list(islice(every, BATCH)):
            await self._collecting.put(SCRIPTURE, some)
        self._sent = (wanted, time.monotonic())
        return True

    async def _chapters(self) -> int:
        return sum(len(book.verses) for book in (await self._scripture.canon()).books)

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Looked after for as long as this lasts."""
        return again(self._turn, "scripture in the search")

    async def _turn(self) -> float:
        if await self.fill():
            await asyncio.to_thread(settle)
            _log.info("scripture was put into the collection %r", SCRIPTURE)
        self._whole = await self._collecting.warm(SCRIPTURE, await self._chapters())
        return _LOOK if self._whole else _AGAIN
