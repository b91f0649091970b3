"""What a list of results is worth, by the verses that answer a query and how well each does."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

FIRST = 10  # what somebody looks at
DEEP = 50  # what a reader of evidence is given


def ndcg(found: Sequence[int], gains: Mapping[int, float], most: int = FIRST) -> float:
    """Discounted gain of the first ones, of the best that there could be. 0 where nothing is."""
    best = _discounted(sorted(gains.values(), reverse=True)[:most])
    return _discounted([gains.get(each, 0.0) for each in found[:most]]) / best if best else 0.0


def recall(found: Sequence[int], good: Collection[int], most: int = DEEP) -> float:
    """The share of the good ones that are among the first."""
    return len(set(found[:most]) & set(good)) / len(good) if good else 0.0


def reciprocal(found: Sequence[int], good: Collection[int]) -> float:
    """1 where the first result is good, 1/2 where the second is the first good one, and so on."""
    return next((1 / place for place, each in enumerate(found, 1) if each in good), 0.0)


def hit(found: Sequence[int], good: Collection[int], most: int = FIRST) -> float:
    """1 where a good one is among the first, else 0."""
    return float(not set(good).isdisjoint(found[:most]))


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
