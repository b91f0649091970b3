"""Exact search among vectors of length 1, of passages in several renderings.

A passage is compared by the mean of its renderings, alone and together with those beside it, which
say the rest of what it says. The best are compared by each rendering too, since one of them may
say it as the query does. The nearest of all these counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.neighbours import Documents, with_beside

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]

_LOOKED_AT = 300  # passages whose renderings are compared one by one
_BESIDE = (0.5,)  # of the vector next to it


class Dense:
    """Vectors, a row a passage. A row of zeros is a passage whose vector is not there."""

    def __init__(self, renderings: Mapping[str, Vectors], documents: Documents) -> None:
        """Each of shape (passages, dimension), in 32 bits."""
        stacked = list(renderings.values())
        mean: Vectors = np.sum(stacked, axis=0, dtype=np.float32)
        self._mean: Vectors = mean / _lengths(mean)[:, None]
        self._documents = documents
        # A scalar product with a sum is a sum of scalar products: only lengths have to be known.
        self._lengths = _lengths(with_beside(self._mean, documents, _BESIDE))
        # Half the bits: they decide among the first alone.
        self._each = [one.astype(np.float16) for one in stacked] if len(stacked) > 1 else []

    @property
    def dimension(self) -> int:
        """Of a vector."""
        return int(self._mean.shape[1])

    def scores(self, vector: Vectors) -> Scores:
        """The cosine of each passage to a vector of length 1; 0 where there is no vector."""
        alone: Scores = self._mean @ vector
        together = with_beside(alone, self._documents, _BESIDE) / self._lengths
        if self._each:
            most = min(_LOOKED_AT, alone.size)
            best = np.argpartition(-alone, most - 1)[:most]
            for one in self._each:
                alone[best] = np.maximum(alone[best], one[best].astype(np.float32) @ vector)
        found: Scores = np.maximum(alone, together)
        return found


def _lengths(vectors: Vectors) -> Scores:
    """Of each, and next to nothing where that is zero: it divides."""
    found: Scores = np.linalg.norm(vectors, axis=1).astype(np.float32)
    found[found == 0] = np.finfo(np.float32).tiny
    return found
