"""A passage stands among others: what is said beside it speaks for it too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Values = TypeVar("Values", bound=NDArray[np.float32])
Documents = NDArray[np.int32]


class Beside:
    """Passages in their order, each of which has shares of those before and after it: of the next,
    the one after that, and so on, in the same document alone.
    """

    def __init__(self, documents: Documents, shares: Sequence[float]) -> None:
        """`documents` has the number of the document of each."""
        self._shares = [
            np.float32(share) * (documents[distance:] == documents[:-distance])
            for distance, share in enumerate(shares[: max(len(documents) - 1, 0)], start=1)
        ]

    def added(self, values: Values) -> Values:
        """Each row with its shares."""
        found = values.copy()
        for distance, share in enumerate(self._shares, start=1):
            together = share[:, None] if values.ndim > 1 else share
            found[distance:] += together * values[:-distance]
            found[:-distance] += together * values[distance:]
        return found
