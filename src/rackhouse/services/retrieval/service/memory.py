"""Twins of what is outside: they pass the same tests, and need nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from rackhouse.services.retrieval.model.asking import NoAnswer, Reference
from rackhouse.services.retrieval.service.seams import Vector

_NUMBERS = 64


class OwnModels:
    """Vectors of the words of a text: texts that share words are near. `away` as long as it is
    True; `asked` is what was embedded.
    """

    def __init__(self) -> None:
        self.away = False
        self.asked: list[str] = []

    async def embed(self, model: str, texts: Sequence[str], seconds: float) -> list[Vector]:
        """As `seams.Models`."""
        self._there()
        self.asked += texts
        return [_of_words(f"{model}:", text) for text in texts]

    async def rerank(
        self, model: str, query: str, texts: Sequence[str], seconds: float
    ) -> list[float]:
        """As `seams.Models`: by the share of words that are the query's."""
        self._there()
        words = set(query.lower().split())
        return [len(words & set(text.lower().split())) / (len(words) or 1) for text in texts]

    def _there(self) -> None:
        if self.away:
            raise NoAnswer("it is away")


def _of_words(salt: str, text: str) -> Vector:
    vector = np.zeros(_NUMBERS, np.float32)
    for word in text.lower().split():
        digest = hashlib.sha256((salt + word.strip(".,;:?!")).encode()).digest()
        vector[digest[0] % _NUMBERS] += 1.0
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


class OwnResolvers:
    """References that are told before, by the text that says them."""

    def __init__(self, known: Mapping[str, Sequence[Reference]] | None = None) -> None:
        self.known = known or {}
        self.away = False

    async def references(self, resolver: str, text: str) -> Sequence[Reference]:
        """As `seams.Resolvers`."""
        if self.away:
            raise NoAnswer("it is away")
        return self.known.get(text, ())
