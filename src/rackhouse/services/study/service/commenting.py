"""Commentaries are put into retrieval's collection by us, once scripture is searched whole: verses
are found by what is said about them too.
"""

from __future__ import annotations

import logging
from contextlib import AbstractAsyncContextManager

from rackhouse.services.study.model.commenting import Comment, Commentary, opening, remarks, taken
from rackhouse.services.study.service.again import again
from rackhouse.services.study.service.plan import SCRIPTURE
from rackhouse.services.study.service.seams import Collecting, Commentaries
from rackhouse.services.study.service.words import blocks

_BATCH = 300  # chapters of one request, which is one job
_AGAIN = 15.0  # seconds until it is looked whether scripture can be searched
_LOOK = 600.0  # seconds between two looks

_log = logging.getLogger("rackhouse.study")


class Commenting:
    """Chapters go backwards, so where the opening one is there with these words, all are."""

    def __init__(self, scripture: Commentaries, collecting: Collecting) -> None:
        self._scripture = scripture
        self._collecting = collecting

    async def fill(self) -> bool:
        """Whether anything was sent. Away, Refused."""
        translations = await self._scripture.translations()
        language = translations[0].language if translations else ""
        lacking = [
            each
            for each in taken(await self._scripture.works(), language)
            if await self._collecting.digest(SCRIPTURE, opening(each)) != each.digest
        ]
        for each in lacking:
            await self._send(each)
        return bool(lacking)

    async def _send(self, work: Commentary) -> None:
        canon = await self._scripture.canon()
        comments: dict[Comment, None] = {}  # one on the verses of two requests is met in both
        for each in blocks(canon):
            comments |= dict.fromkeys(await self._scripture.comments(work.id, each))
        documents = remarks(canon, work, comments)[::-1]
        for at in range(0, len(documents), _BATCH):
            await self._collecting.put(SCRIPTURE, documents[at : at + _BATCH])

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Looked after for as long as this lasts."""
        return again(self._turn, "commentaries in the search")

    async def _turn(self) -> float:
        chapters = sum(len(book.verses) for book in (await self._scripture.canon()).books)
        if not await self._collecting.settled(SCRIPTURE, chapters):
            return _AGAIN
        if await self.fill():
            _log.info("commentaries were put into the collection %r", SCRIPTURE)
        return _LOOK
