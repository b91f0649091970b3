"""A batch of texts as vectors, as long as it takes: who is away is waited for, and a text that is
refused by itself holds up no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from rackhouse.services.retrieval.model.asking import NoAnswer, Refused
from rackhouse.services.retrieval.service.seams import Models, Vector

_log = logging.getLogger(__name__)
_SECONDS: Final = 120.0  # for a batch: the first one may have to wait for the model itself
BACKOFF: Final = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds; then the last one again and again


@dataclass(frozen=True, slots=True)
class Embedding:
    """By one model. `waits` is told why, each time that it is waited."""

    models: Models
    model: str
    waits: Callable[[str], Awaitable[None]]
    backoff: tuple[float, ...] = BACKOFF

    async def of(self, texts: Sequence[str]) -> list[Vector]:
        """A vector for each; zeros, which are near nothing, for one that is refused though others
        are not. Refused where all are.
        """
        found = await self._some(texts)
        known = next((each for each in found if each is not None), None)
        if known is None:
            raise Refused("no text of a batch was taken")
        return [np.zeros_like(known) if each is None else each for each in found]

    async def _some(self, texts: Sequence[str]) -> list[Vector | None]:
        try:
            return [*await self._asked(texts)]
        except Refused as error:
            if len(texts) == 1:
                _log.warning("the model %s refuses a text: %s", self.model, error)
                return [None]
        half = len(texts) // 2
        return [*await self._some(texts[:half]), *await self._some(texts[half:])]

    async def _asked(self, texts: Sequence[str]) -> list[Vector]:
        tried = 0
        while True:
            try:
                return await self.models.embed(self.model, texts, _SECONDS)
            except NoAnswer as error:
                level = logging.INFO if tried else logging.WARNING
                _log.log(level, "the gateway is waited for: %s", error)
                await self.waits(str(error))
                await asyncio.sleep(self.backoff[min(tried, len(self.backoff) - 1)])
                tried += 1
