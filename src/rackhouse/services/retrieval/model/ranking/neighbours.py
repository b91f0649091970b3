"""A passage stands among others: what is said beside it speaks for it too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Values = TypeVar("Values", bound=NDArray[np.float32])
Documents = NDArray[np.int32]

_SHARES = (0.1, 0.1, 0.1)  # of the score of the passage next to it, and of those after that


def smoothed(scores: NDArray[np.float32], documents: Documents) -> NDArray[np.float32]:
    """Each score with a share of those beside it, in the same document alone."""
    return with_beside(scores, documents, _SHARES)


def with_beside(values: Values, documents: Documents, shares: Sequence[float]) -> Values:
    """Each row with shares of those before and after it: of the next, the one after that, and so
    on. Rows stand in order; `documents` has the number of the document of each.
    """
    found = values.copy()
    for distance, share in enumerate(shares[: len(documents) - 1], start=1):
        together = np.float32(share) * (documents[distance:] == documents[:-distance])
        if values.ndim > 1:
            together = together[:, None]
        found[distance:] += together * values[:-distance]
        found[:-distance] += together * values[distance:]
    return found
