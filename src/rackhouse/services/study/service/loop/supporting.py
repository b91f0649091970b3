"""The support score of a sentence by what it cites: similarity where there are vectors; rules."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.model.problem import Away
from rackhouse.services.study.model.words import content
from rackhouse.services.study.service.seams import Chat

ENOUGH = 0.3
_NONE_SHARED = 0.25  # of a sentence that shares no word with what it cites, without vectors


class Supporting:
    """For one answer. Without vectors words alone are compared."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._vectors = True

    async def score(self, sentence: str, cited: Sequence[Passage]) -> float | None:
        """From 0 to 1, of the best of them."""
        texts = [
            " ".join(verse.text for verse in words.verses)
            for each in cited
            for words in each.texts
            if words.verses
        ]
        if not texts:
            return 0.0
        alike = await self._similar(sentence, texts)
        return max(_score(sentence, text, one) for text, one in zip(texts, alike, strict=True))

    def enough(self, score: float) -> bool:
        """Whether the sentence may stand."""
        return score >= ENOUGH

    async def _similar(self, sentence: str, texts: Sequence[str]) -> list[float | None]:
        if self._vectors:
            try:
                one, *others = await self._chat.vectors([sentence, *texts]) or [()]
                if others:
                    return [_cosine(one, each) for each in others]
            except (Away, Refused):
                pass
            self._vectors = False
        return [None] * len(texts)


def _score(sentence: str, text: str, alike: float | None) -> float:
    said, held = set(content(sentence)), set(content(text))
    shared = len(said & held) / max(1, min(len(said), len(held)))
    if alike is None:
        return max(shared, _NONE_SHARED if not said else 0.0)
    return max(0.0, min(1.0, 0.7 * alike + 0.5 * shared))


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    norms = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
    if not norms or len(one) != len(other):
        return 0.0
    value = sum(x * y for x, y in zip(one, other, strict=True)) / norms
    return value if math.isfinite(value) else 0.0
