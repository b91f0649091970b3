"""Tries: how many bad tokens came from an address lately.

Nobody guesses 256 bits; this is so that a robot with a stale token costs next to nothing, and hears
when to come back. A good token is let in however many bad ones came from the same address, so that
nobody can lock the owner out.
"""

from __future__ import annotations

from collections import OrderedDict

LIMIT = 10.0  # bad tokens at once
WINDOW = 60.0  # seconds until all of them are forgiven, one after the other
_ADDRESSES = 1024  # remembered at most; the one that failed longest ago is forgotten


class Tries:
    """A leaky bucket for each address, in memory: a restart forgives."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, tuple[float, float]] = OrderedDict()  # level, at

    def failed(self, address: str, now: float) -> float:
        """One more bad token; the seconds that the address has to wait, 0 for none."""
        level, at = self._full.get(address, (0.0, now))
        level = max(0.0, level - max(0.0, now - at) * LIMIT / WINDOW) + 1
        self._full[address] = (min(level, LIMIT + 1), now)
        self._full.move_to_end(address)
        if len(self._full) > _ADDRESSES:
            self._full.popitem(last=False)
        return max(0.0, (level - LIMIT) * WINDOW / LIMIT)
