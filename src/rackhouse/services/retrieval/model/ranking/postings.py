"""BM25 (Robertson and Zaragoza, 2009) in arrays: what each key is worth in each passage."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Keys = NDArray[np.int64]
Rows = NDArray[np.int32]

# The trial's best for verses, which are short and of like length.
_SATURATION = 0.9
_LENGTH = 0.4


class Postings:
    """A row is a passage. Keys are numbers of 0 and above, each in the order of its rows."""

    def __init__(self, rows: Rows, keys: Keys, lengths: NDArray[np.float32]) -> None:
        """One entry of `rows` and `keys` for each time that a key stands in a row; `lengths` of
        the rows.
        """
        self.size = lengths.size
        width = max(self.size, 1)
        each, times = np.unique(keys * width + rows, return_counts=True)
        places = each // width
        self._rows: Rows = (each % width).astype(np.int32)
        self._keys, starts = np.unique(places, return_index=True)
        self._starts = np.append(starts, each.size).astype(np.int32)
        having = np.diff(self._starts)
        longer = lengths / max(float(lengths.mean()), 1.0) if self.size else lengths
        damped = times + _SATURATION * (1 - _LENGTH + _LENGTH * longer[self._rows])
        worth = np.repeat(_worth(self.size, having), having)
        self._values: Scores = (worth * times * (_SATURATION + 1) / damped).astype(np.float32)

    def worth(self, key: int) -> float:
        """How much it tells passages apart (its idf); that of a key that is nowhere is the
        highest.
        """
        here = self._slice(key)
        return float(_worth(self.size, np.array(here.stop - here.start)))

    def having(self, key: int) -> Rows:
        """The rows that have it, in order."""
        return self._rows[self._slice(key)]

    def scores(self, weights: Mapping[int, float]) -> Scores:
        """Of each row, for keys with their weights."""
        found = np.zeros(self.size, np.float32)
        for key, weight in weights.items():
            here = self._slice(key)
            found[self._rows[here]] += weight * self._values[here]
        return found

    def _slice(self, key: int) -> slice:
        place = self._place(key)
        if place is None:
            return slice(0, 0)
        return slice(int(self._starts[place]), int(self._starts[place + 1]))

    def _place(self, key: int) -> int | None:
        place = int(self._keys.searchsorted(key))
        return place if place < self._keys.size and int(self._keys[place]) == key else None


def _worth(size: int, having: NDArray[np.int32] | NDArray[np.int64]) -> NDArray[np.float32]:
    """The idf of keys that so many of all rows have."""
    found: NDArray[np.float32] = np.log1p((size - having + 0.5) / (having + 0.5)).astype(np.float32)
    return found
