"""Vectors in 16 bits: each row has its own step, and numbers are whole counts of it.

Half the bytes of floats and, being widened a piece at a time within the processor's cache, quicker
to multiply than these; a cosine of hundreds of numbers is wrong by less than 1e-5. In 8 bits, for
what is a small part of a vector, or counts for a part of a score: a step is 256 times as wide.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Given = NDArray[np.float32] | NDArray[np.float16]
Rows = NDArray[np.int64]
Bits = Literal[8, 16]
Counts = NDArray[np.integer[Any]]

_KINDS: Final[dict[Bits, type[np.integer[Any]]]] = {8: np.int8, 16: np.int16}
_AT_ONCE = 640  # rows that are widened together: what a core's own cache has room for


class Packed:
    """Rows of zeros, until others are put there."""

    def __init__(self, size: int, dimension: int, bits: Bits = 16) -> None:
        self._counts: Counts = np.zeros((size, dimension), _KINDS[bits])
        self._steps = np.zeros(size, np.float32)
        self._most = 2 ** (bits - 1) - 1

    @classmethod
    def of(cls, vectors: Given, bits: Bits = 16) -> Packed:
        """Those rows."""
        size, dimension = vectors.shape
        found = cls(size, dimension, bits)
        found.put(np.arange(size), vectors)
        return found

    @property
    def dimension(self) -> int:
        """Of a row."""
        return int(self._counts.shape[1])

    def __len__(self) -> int:
        return len(self._steps)

    def put(self, rows: Rows, vectors: Given) -> None:
        """Each vector, of 16 or of 32 bits, at its row."""
        for at in range(0, len(rows), _AT_ONCE):
            here = rows[at : at + _AT_ONCE]
            wide = vectors[at : at + _AT_ONCE].astype(np.float32)
            steps = np.abs(wide).max(axis=1, initial=0.0) / np.float32(self._most)
            self._steps[here] = steps
            self._counts[here] = np.rint(wide / np.where(steps > 0, steps, 1.0)[:, None])

    def times(self, vectors: Vectors) -> Vectors:
        """The product of each row with each of `vectors`, of shape (some, dimension): an array of
        shape (some, rows).
        """
        found = np.empty((len(vectors), len(self)), np.float32)
        wide = np.empty((_AT_ONCE, self.dimension), np.float32)
        for at in range(0, len(self), _AT_ONCE):
            counts = self._counts[at : at + _AT_ONCE]
            wide[: len(counts)] = counts
            found[:, at : at + _AT_ONCE] = (wide[: len(counts)] @ vectors.T).T
        found *= self._steps
        return found

    def some(self, rows: Rows, vector: Vectors) -> Vectors:
        """The product of these rows with one vector."""
        found: Vectors = (self._counts[rows].astype(np.float32) @ vector) * self._steps[rows]
        return found
