"""The terms of passages, and the passages of a term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.postings import Postings, Rows, Scores

_NOWHERE = -1  # the key of a term that no passage has


class Lexical:
    """An index of terms. A row is a passage."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        self._keys: dict[str, int] = {}
        lengths = np.array([len(each) for each in passages], np.float32)
        rows = np.repeat(np.arange(len(passages), dtype=np.int32), lengths.astype(np.int64))
        keys = np.fromiter(map(self._new, chain.from_iterable(passages)), np.int64, rows.size)
        self._postings = Postings(rows, keys, lengths)
        self.size = len(passages)

    def __contains__(self, term: str) -> bool:
        return term in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, term: str) -> int:
        """The number of a term, below how many there are; -1 for one that no passage has."""
        return self._keys.get(term, _NOWHERE)

    def worth(self, term: str) -> float:
        """How much it tells passages apart: its idf."""
        return self._postings.worth(self.key(term))

    def having(self, term: str) -> Rows:
        """The rows that have it, in order."""
        return self._postings.having(self.key(term))

    def among(self, term: str, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Which of these rows have it."""
        having = self.having(term)
        if not having.size:
            return np.zeros(len(rows), bool)
        places = having.searchsorted(rows)
        found: NDArray[np.bool_] = having[np.minimum(places, having.size - 1)] == rows
        return found

    def scores(self, terms: Mapping[str, float]) -> Scores:
        """Of each passage, for terms with their weights."""
        known = {self.key(each): weight for each, weight in terms.items() if each in self._keys}
        return self._postings.scores(known)

    def _new(self, term: str) -> int:
        return self._keys.setdefault(term, len(self._keys))
