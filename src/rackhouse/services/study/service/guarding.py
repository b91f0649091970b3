"""The guard over all held translations: their words are fetched from the text store and laid into
its index beside what goes on. Until that is done no model is asked. Where there is none to be
asked, no index takes any memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager

from rackhouse.kit.memory import settle
from rackhouse.services.study.model.guard.guard import Guard as Quotations
from rackhouse.services.study.model.guard.sentences import Holder
from rackhouse.services.study.model.guard.stream import Stream
from rackhouse.services.study.model.guard.verdict import Verdict
from rackhouse.services.study.service.again import again
from rackhouse.services.study.service.seams import Guard, Scripture
from rackhouse.services.study.service.words import Texts, words

_LOOK = 300.0  # seconds between two looks whether the words are others by now
_UNUSED = 20.0  # seconds between two looks whether there is a model by now

Making = Callable[[Texts], Callable[[], Guard]]
_log = logging.getLogger("rackhouse.study")


class Watch(Stream):
    """The guard of one answer: what one sentence says of the next is kept here."""

    def __init__(self, guard: Quotations) -> None:
        super().__init__(guard)
        self._sentences = Holder()

    def sentences(self, chunk: str) -> Sequence[str]:
        """The sentences that are whole by now."""
        return self._sentences.feed(chunk)

    def rest(self) -> Sequence[str]:
        """What is left at the end of a turn."""
        return self._sentences.end()

    def check(self, sentence: str) -> Verdict:
        """What may leave of a sentence."""
        return self._judged(sentence)


def over(texts: Texts) -> Callable[[], Guard]:
    """What makes guards over these words, which lie in one index."""
    held = Quotations(texts)
    return lambda: Watch(held)


async def _yes() -> bool:
    return True


class Guarding:
    """`make` lays the words into an index, in a thread, and answers what makes guards over it.
    `used` answers whether there is anybody to be guarded.
    """

    def __init__(
        self, scripture: Scripture, make: Making = over, used: Callable[[], Awaitable[bool]] = _yes
    ) -> None:
        self._scripture = scripture
        self._make = make
        self._used = used
        self._held: tuple[tuple[str, str], ...] = ()
        self._guards: Callable[[], Guard] | None = None

    async def guard(self) -> Guard | None:
        """A new one, for one answer; None while the index is not ready."""
        return self._guards() if self._guards is not None else None

    async def renew(self) -> bool:
        """Fetch the words where they are others than those held. Whether it did. Away, Refused."""
        translations = await self._scripture.translations()
        held = tuple((each.id, each.digest) for each in translations)
        if held == self._held:
            return False
        texts = await words(self._scripture, [each.id for each in translations])
        self._guards = await asyncio.to_thread(self._make, texts)
        self._held = held
        await asyncio.to_thread(settle)
        return True

    def kept(self) -> AbstractAsyncContextManager[None]:
        """Renewed for as long as this lasts."""
        return again(self._turn, "the guard")

    async def _turn(self) -> float:
        if self._guards is None and not await self._used():
            return _UNUSED
        if await self.renew():
            _log.info("the guard holds %d translations", len(self._held))
        return _LOOK
