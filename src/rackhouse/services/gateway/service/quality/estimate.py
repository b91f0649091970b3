"""How good, as far as is known: a rate and its bounds from counts. Pure.

Bounds are Wilson's with continuity correction (Newcombe 1998, method 4), which hold at least as
often as they say, for few counts too. Counts may be fractions: verdicts are scores from 0 to 1, and
older ones count less.
"""

from __future__ import annotations

import math
from typing import NamedTuple

Z = 1.959964  # 95 %, two-sided
HALF_LIFE = 7.0  # days after which a verdict counts half: a model that changed is noticed


class Rate(NamedTuple):
    """`mid`, `low` and `high` between 0 and 1; `n` verdicts say so."""

    n: float
    mid: float
    low: float
    high: float


def rate(good: float, n: float) -> Rate:
    """Of `n` verdicts, `good` held (0 <= good <= n). Less than one whole verdict bounds nothing."""
    p = min(1.0, max(0.0, good / n)) if n > 0 else 0.0
    if n < 1:
        return Rate(n, p, 0.0, 1.0)
    return Rate(n, p, 1.0 - _upper(1.0 - p, n), _upper(p, n))


def weight(age: float) -> float:
    """What a verdict counts after so many days."""
    return float(0.5 ** (max(0.0, age) / HALF_LIFE))


def _upper(p: float, n: float) -> float:
    if p >= 1.0:
        return 1.0
    inner = Z * Z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1)
    top = 2 * n * p + Z * Z + 1 + Z * math.sqrt(max(0.0, inner))
    return min(1.0, max(p, top / (2 * (n + Z * Z))))
