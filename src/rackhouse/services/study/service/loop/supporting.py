"""Whether a sentence may stand by what it cites: a support score, with vectors where there are
some; and where a model of entailment is behind the gateway, its verdict in the score's place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.evidence import Passage
from rackhouse.services.study.model.found import Refused
from rackhouse.services.study.model.support import Support, support
from rackhouse.services.study.service.seams import Chat

_FOLLOWS = 0.5  # as likely as not


class Judged(Struct, frozen=True, kw_only=True):
    """`entailment`: how likely the sentence follows from what it cites; None: nobody was asked."""

    support: Support
    entailment: float | None = None

    @property
    def stands(self) -> bool:
        """Whether the sentence may: what the rules have against it, no model outweighs."""
        if self.entailment is None:
            return self.support.enough
        return self.entailment >= _FOLLOWS and not self.support.against

    @property
    def says(self) -> str:
        """For the trace."""
        model = "" if self.entailment is None else f"entailment {self.entailment:.2f}, "
        against = "".join(f", {each} against it" for each in self.support.against)
        return f"{model}support {self.support.score:.2f}{against}"


class Supporting:
    """For one answer. Without vectors words and rules alone are compared."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._vectors = self._judge = True

    async def judged(self, sentence: str, cited: Sequence[Passage]) -> Judged:
        """By all passages that it cites."""
        support = await self._support(sentence, cited)
        return Judged(support=support, entailment=await self._entailment(sentence, cited))

    async def _entailment(self, sentence: str, cited: Sequence[Passage]) -> float | None:
        """By each translation that all of them are in at hand, the best."""
        texts: dict[str, list[str]] = {}
        for each in cited:
            for words in each.texts:
                texts.setdefault(words.translation, []).extend(it.text for it in words.verses)
        best: float | None = None
        for said in texts.values():
            if not self._judge:
                break
            try:
                likely = await self._chat.entails(" ".join(said), sentence)
            except (Away, Refused):
                likely = None
            if likely is None:
                self._judge = False
            else:
                best = max(best or 0.0, likely)
        return best

    async def _support(self, sentence: str, cited: Sequence[Passage]) -> Support:
        """In all translations that are at hand."""
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
