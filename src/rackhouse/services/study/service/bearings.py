"""The bearings are put into a collection of retrieval's, and a question is compared with them."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path

from rackhouse.services.study.model.bearings import (
    Bearing,
    Kind,
    Nearest,
    digest,
    documents,
    nearest,
    read,
)
from rackhouse.services.study.service.again import again
from rackhouse.services.study.service.seams import Collecting, Retrieval

BEARINGS = "bearings"  # the collection
_FOLDER = Path(__file__).parents[1] / "bearings"
_MOST = 100  # of them in one answer
_BATCH = 300
_AGAIN = 5.0  # seconds until they are looked for again, while they are laid out
_LOOK = 600.0  # seconds between two looks
_PATIENCE = 1_800.0  # seconds in which what was sent has to be there

_log = logging.getLogger("rackhouse.study")


@cache
def held() -> Mapping[str, Bearing]:
    """All of them by their names, in order."""
    lines = {kind: (_FOLDER / f"{kind}.txt").read_text("utf-8").splitlines() for kind in Kind}
    return {each.id: each for kind in Kind for each in read(kind, lines[kind])}


async def compared(retrieval: Retrieval, question: str) -> Nearest:
    """Of each kind the nearest. Away, Refused."""
    results = await retrieval.search(question, limit=_MOST, collections=(BEARINGS,))
    return nearest(held(), results.hits)


class Bearings:
    """Sent in their order: where the last one is there with this list's mark, all are. What is on
    the list no more stays in the collection, and is passed over.
    """

    def __init__(self, collecting: Collecting) -> None:
        self._collecting = collecting
        self._sent = -math.inf  # when

    async def fill(self) -> bool:
        """Whether anything was sent. Away, Refused."""
        every = list(documents(held()))
        # Retrieval reads what it was sent when it comes to it: sent again, it would take longer.
        if time.monotonic() - self._sent < _PATIENCE:
            return False
        if await self._collecting.digest(BEARINGS, every[-1].id) == digest(held()):
            return False
        await self._collecting.begin(BEARINGS, resolver="", language="en")
        for at in range(0, len(every), _BATCH):
            await self._collecting.put(BEARINGS, every[at : at + _BATCH])
        self._sent = time.monotonic()
        return True

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Looked after for as long as this lasts."""
        return again(self._turn, "the bearings in the search")

    async def _turn(self) -> float:
        if await self.fill():
            _log.info("the bearings were put into the collection %r", BEARINGS)
        return _LOOK if await self._collecting.warm(BEARINGS, len(held())) else _AGAIN
