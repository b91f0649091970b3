"""The best of many scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_GROUPS = 4  # times what is sought: so many maxima are looked at first


def top(scores: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """The rows of the `most` highest, in no order.

    The best of as many groups are at least as high as the worst that is sought, so all below them
    are left out before anything is ordered.
    """
    most = min(most, scores.size)
    if most < 1:
        return np.empty(0, np.intp)
    groups = _GROUPS * most
    deep = scores.size // groups
    if deep < 2:
        return np.argpartition(-scores, most - 1)[:most]
    peaks = scores[: deep * groups].reshape(deep, groups).max(axis=0)
    least = np.partition(peaks, -most)[-most]
    rows = np.flatnonzero(scores >= least)
    return rows[np.argpartition(-scores[rows], most - 1)[:most]]
