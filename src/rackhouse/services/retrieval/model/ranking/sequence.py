"""Words that follow each other: what is half remembered has some in their order.

Ordered pairs of terms that stand near each other: the sequential dependence model (Metzler and
Croft, 2005) with a small window. A pair is one number, for there are half a million of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rackhouse.services.retrieval.model.ranking.lexical import Lexical
from rackhouse.services.retrieval.model.ranking.postings import Keys, Postings, Scores

_WINDOW = 3  # terms that the second may be after the first


class Pairs:
    """Those of passages, which may say themselves in several renderings. A row is a passage."""

    def __init__(self, lexical: Lexical, passages: Iterable[Iterable[Sequence[str]]]) -> None:
        """For each passage the terms of each rendering, all of them in `lexical`."""
        self._lexical = lexical
        each = [
            np.concatenate([self._of(terms) for terms in renderings] or [_NONE])
            for renderings in passages
        ]
        lengths = np.array([keys.size for keys in each], np.float32)
        rows = np.repeat(np.arange(len(each), dtype=np.int32), lengths.astype(np.int64))
        self._postings = Postings(rows, np.concatenate([*each, _NONE]), lengths)

    def scores(self, terms: Sequence[str], weight: float) -> Scores:
        """Of each passage, for the pairs of these terms, each with that weight."""
        return self._postings.scores(dict.fromkeys(self._of(terms).tolist(), weight))

    def _of(self, terms: Sequence[str]) -> Keys:
        """Those in which both terms are known."""
        keys = np.array([self._lexical.key(each) for each in terms], np.int64)
        found = []
        for distance in range(1, min(_WINDOW, keys.size - 1) + 1):
            first, second = keys[:-distance], keys[distance:]
            known = (first >= 0) & (second >= 0)
            found.append(first[known] * len(self._lexical) + second[known])
        return np.concatenate(found or [_NONE])


_NONE: Keys = np.empty(0, np.int64)
