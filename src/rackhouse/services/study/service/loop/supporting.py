"""The support score of a sentence by what it cites: with vectors, where there are some."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.model.support import Support, support
from rackhouse.services.study.service.seams import Chat


class Supporting:
    """For one answer. Without vectors words and rules alone are compared."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._vectors = True

    async def score(self, sentence: str, cited: Sequence[Passage]) -> Support:
        """By all passages that it cites, in all translations that are at hand."""
        texts = [
            " ".join(verse.text for verse in words.verses)
            for each in cited
            for words in each.texts
            if words.verses
        ]
        return support(sentence, texts, await self._nearest(sentence, texts))

    async def _nearest(self, sentence: str, texts: Sequence[str]) -> float | None:
        """The cosine of the nearest of them."""
        if not self._vectors or not texts:
            return None
        try:
            one, *others = await self._chat.vectors([sentence, *texts]) or [()]
        except (Away, Refused):
            others = []
        if not others:
            self._vectors = False
            return None
        return max(_cosine(one, each) for each in others)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    norms = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
    if not norms or len(one) != len(other):
        return 0.0
    value = sum(x * y for x, y in zip(one, other, strict=True)) / norms
    return value if math.isfinite(value) else 0.0
