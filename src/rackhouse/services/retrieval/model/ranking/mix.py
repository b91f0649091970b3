"""How much words are worth beside meaning: it depends on what of the query the collection says.

A name or a verse that is half remembered is found by its words, and a paraphrase is led astray by
the few that it happens to share. So what counts is the *coverage*: how much of the worth of the
query's words the best passage has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

# Chosen on the public topics and the open half of our own questions (tests/retrieval).
_LOW, _HIGH = 0.2, 0.6  # coverage where words begin to count, and where they count in full
_FULL = 0.4  # of all, beside meaning with the rest


def share_of_words(coverage: float) -> float:
    """Between 0 and 0.4."""
    return _FULL * min(1.0, max(0.0, (coverage - _LOW) / (_HIGH - _LOW)))


def fused(words: Scores, meaning: Scores | None, coverage: float, known: float = 1.0) -> Scores:
    """One score a passage, from those by words and those by `meaning`, which are `standard`: in
    standard deviations, so that it keeps how far ahead a passage is. Meaning counts as far as it is
    `known`, of all passages or of few, while they are embedded.
    """
    if meaning is None:
        return standard(words)
    share = np.float32(1 - (1 - share_of_words(coverage)) * known)
    found: Scores = share * standard(words) + (1 - share) * meaning
    return found


def standard_of(scores: Scores, rows: NDArray[np.bool_]) -> Scores:
    """Those of these rows among each other, and 0 for the rest."""
    if rows.all():
        return standard(scores)
    found = np.zeros_like(scores)
    if rows.any():
        found[rows] = standard(scores[rows])
    return found


def standard(scores: Scores) -> Scores:
    """In standard deviations from the mean; zeros where all are alike."""
    spread = scores.std(dtype=np.float64)
    if spread == 0:
        return np.zeros_like(scores)
    found: Scores = scores - scores.mean(dtype=np.float64).astype(np.float32)
    found /= spread.astype(np.float32)
    return found
