"""BM25 over the terms of passages (Robertson and Zaragoza, 2009), in arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# The trial's best for verses, which are short and of like length.
_SATURATION = 0.9
_LENGTH = 0.4


class Lexical:
    """What each term is worth in each passage that has it. A row is a passage."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        self._columns: dict[str, int] = {}
        counts = [Counter(each) for each in passages]
        for each in counts:
            for term in each:
                self._columns.setdefault(term, len(self._columns))
        sizes = [len(each) for each in counts]
        rows = np.repeat(np.arange(len(counts), dtype=np.int32), sizes)
        columns = np.fromiter(
            (self._columns[term] for each in counts for term in each), np.int32, sum(sizes)
        )
        times = np.fromiter((n for each in counts for n in each.values()), np.float32, sum(sizes))
        self.size = len(counts)
        having = np.bincount(columns, minlength=len(self._columns))
        self._worth = np.log1p((self.size - having + 0.5) / (having + 0.5)).astype(np.float32)
        lengths = np.array([len(each) for each in passages], np.float32)
        longer = lengths / max(lengths.mean(), 1.0) if self.size else lengths
        damped = times + _SATURATION * (1 - _LENGTH + _LENGTH * longer[rows])
        values = self._worth[columns] * times * (_SATURATION + 1) / damped
        order = np.argsort(columns, kind="stable")
        self._rows, self._values = rows[order], values[order].astype(np.float32)
        self._starts = np.concatenate(([0], np.cumsum(having)))

    def __contains__(self, term: str) -> bool:
        return term in self._columns

    @property
    def terms(self) -> Mapping[str, int]:
        """All terms, by the column that each has."""
        return self._columns

    def worth(self, term: str) -> float:
        """How much it tells passages apart (its idf); that of a term that is nowhere is the
        highest.
        """
        column = self._columns.get(term)
        if column is None:
            return float(np.log1p(2.0 * self.size + 1.0))
        return float(self._worth[column])

    def having(self, term: str) -> NDArray[np.int32]:
        """The rows that have it."""
        column = self._columns.get(term)
        if column is None:
            return self._rows[:0]
        return self._rows[self._starts[column] : self._starts[column + 1]]

    def scores(self, terms: Mapping[str, float]) -> Scores:
        """Of each passage, for terms with their weights."""
        found = np.zeros(self.size, np.float32)
        for term, weight in terms.items():
            column = self._columns.get(term)
            if column is not None:
                here = slice(self._starts[column], self._starts[column + 1])
                found[self._rows[here]] += weight * self._values[here]
        return found
