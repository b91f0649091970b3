"""Rates: how often somebody has failed lately, so that guessing is slow."""

from __future__ import annotations

from collections import OrderedDict

WINDOW = 600.0  # seconds
LIMIT = 10  # failures within the window
_CLIENTS = 1024  # remembered at most; the one that failed longest ago is forgotten


class Rates:
    """Failures by client, in memory: a restart forgives."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, list[float]] = OrderedDict()

    def record(self, client: str, now: float) -> None:
        """One more failure."""
        times = self._recent(client, now)
        self._failed[client] = [*times[1 - LIMIT :], now]
        self._failed.move_to_end(client)
        while len(self._failed) > _CLIENTS:
            self._failed.popitem(last=False)

    def wait(self, client: str, now: float) -> float:
        """Seconds until the next try is heard; 0 for now."""
        times = self._recent(client, now)
        return max(0.0, times[0] + WINDOW - now) if len(times) >= LIMIT else 0.0

    def _recent(self, client: str, now: float) -> list[float]:
        return [t for t in self._failed.get(client, ()) if now - WINDOW < t <= now]
