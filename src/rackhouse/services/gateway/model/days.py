"""Days as all that is counted by day names them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_DAY = 86_400


def day(at: float) -> str:
    """Of seconds since 1970, in UTC: 2026-01-31."""
    return _name(int(at // _DAY))


@lru_cache(maxsize=8)  # asked thousands of times a second, nearly always for today
def _name(number: int) -> str:
    return datetime.fromtimestamp(number * _DAY, UTC).date().isoformat()
