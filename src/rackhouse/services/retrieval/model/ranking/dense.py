"""Exact search among vectors of length 1, of passages in several renderings.

A passage is compared by the mean of its renderings, alone and together with those beside it, which
say the rest of what it says. The best are compared by each rendering too, since one of them may
say it as the query does. The nearest of all these counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.ranking.neighbours import Beside, Documents
from rackhouse.services.retrieval.model.ranking.packed import Packed
from rackhouse.services.retrieval.model.ranking.top import top

Vectors = NDArray[np.float32]
Scores = NDArray[np.float32]

_LOOKED_AT = 300  # passages whose renderings are compared one by one
_BESIDE = (0.5,)  # of the vector next to it


class Dense:
    """Vectors, a row a passage. A row of zeros is a passage whose vector is not there."""

    def __init__(self, renderings: Mapping[str, Vectors], documents: Documents) -> None:
        """Each of shape (passages, dimension), in 16 or 32 bits."""
        stacked = list(renderings.values())
        mean: Vectors = stacked[0].astype(np.float32)
        for one in stacked[1:]:
            mean += one
        mean /= _lengths(mean)[:, None]
        self.here: NDArray[np.bool_] = np.any(mean, axis=1)  # which passages have a vector
        self._mean = Packed.of(mean)
        self._beside = Beside(documents, _BESIDE)
        # A scalar product with a sum is a sum of scalar products: only lengths have to be known.
        self._lengths = _lengths(self._beside.added(mean))
        self._each = _Renderings(stacked, mean) if len(stacked) > 1 else None

    @property
    def dimension(self) -> int:
        """Of a vector."""
        return self._mean.dimension

    def scores(self, vectors: Vectors) -> Scores:
        """The cosine of each passage to vectors of length 1, of shape (some, dimension), in an
        array of shape (some, passages); 0 where there is no vector. Several at once are quicker
        than one by one.
        """
        found: Scores = self._mean.times(vectors)
        for alone, vector in zip(found, vectors, strict=True):
            together = self._beside.added(alone)
            together /= self._lengths
            if self._each is not None:
                best = top(alone, _LOOKED_AT)
                alone[best] = self._each.nearest(best, alone[best], vector)
            np.maximum(alone, together, out=alone)
        return found


class _Renderings:
    """What the vectors of each passage have beyond their mean, one behind the other. It is small,
    and small numbers are known well enough in 8 bits: a cosine is half as wrong or less than if
    the vectors themselves were held so. What says the same in two renderings has the same vector,
    which is held once.
    """

    def __init__(self, stacked: Sequence[Vectors], mean: Vectors) -> None:
        fresh = [_fresh(one, stacked[:number]) for number, one in enumerate(stacked)]
        fresh[0][:] = True  # each has one, be it of zeros
        ends = np.cumsum(np.sum(fresh, axis=0))
        self._starts = np.append(0, ends)
        self._beyond = Packed(int(ends[-1]), stacked[0].shape[1], bits=8)
        free = self._starts[:-1].copy()
        for one, new in zip(stacked, fresh, strict=True):
            self._beyond.put(free[new], one[new] - mean[new])
            free[new] += 1

    def nearest(self, rows: NDArray[np.intp], means: Scores, vector: Vectors) -> Scores:
        """For each of these passages the cosine of the nearest one, be it their mean."""
        starts = self._starts[rows]
        many = self._starts[rows + 1] - starts
        firsts = np.cumsum(many) - many
        places = np.arange(int(many.sum())) + np.repeat(starts - firsts, many)
        beyond: Scores = np.maximum.reduceat(self._beyond.some(places, vector), firsts)
        found: Scores = means + np.maximum(beyond, 0)
        return found


def _fresh(one: Vectors, before: Sequence[Vectors]) -> NDArray[np.bool_]:
    """Whether each row says something that none before does."""
    others = [np.any(one != other, axis=1) for other in before]
    found: NDArray[np.bool_] = np.logical_and.reduce([np.any(one, axis=1), *others])
    return found


def _lengths(vectors: Vectors) -> Scores:
    """Of each, and next to nothing where that is zero: it divides."""
    found: Scores = np.linalg.norm(vectors, axis=1).astype(np.float32)
    found[found == 0] = np.finfo(np.float32).tiny
    return found
