"""Exact search among vectors of length 1, of passages in several renderings.

All are compared by the mean of their renderings; the best of these by the rendering that is
nearest, since one of them may say it as the query does.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]

_LOOKED_AT = 1_000  # passages whose renderings are compared one by one


class Dense:
    """Vectors, a row a passage. A row of zeros is a passage whose vector is not there."""

    def __init__(self, renderings: Mapping[str, Vectors]) -> None:
        """Each of shape (passages, dimension), in 32 bits."""
        stacked = list(renderings.values())
        mean: Vectors = np.sum(stacked, axis=0, dtype=np.float32)
        lengths = np.linalg.norm(mean, axis=1, keepdims=True).astype(np.float32)
        self._mean: Vectors = mean / np.maximum(lengths, np.finfo(np.float32).tiny)
        self.there = lengths[:, 0] > 0
        # Half the bits: they decide among neighbours of the first thousand alone.
        self._each = [one.astype(np.float16) for one in stacked] if len(stacked) > 1 else []

    @property
    def dimension(self) -> int:
        """Of a vector."""
        return int(self._mean.shape[1])

    def scores(self, vector: Vectors) -> Scores:
        """The cosine of each passage to a vector of length 1; 0 where a passage has no vector."""
        found: Scores = self._mean @ vector
        if self._each:
            most = min(_LOOKED_AT, found.size)
            best = np.argpartition(-found, most - 1)[:most]
            for one in self._each:
                found[best] = np.maximum(found[best], one[best].astype(np.float32) @ vector)
        return found
