"""How much may go by in a minute (the generic cell rate algorithm). Pure.

A minute's worth may come at once; after that as much as time brings back.
"""

from __future__ import annotations

MINUTE = 60.0  # seconds


class Rate:
    """`full_at`: when all of the minute's worth will be back, in seconds of any one clock."""

    __slots__ = ("each", "full_at")

    def __init__(self, per_minute: int) -> None:
        self.each = MINUTE / per_minute  # seconds until one comes back
        self.full_at = 0.0

    def wait(self, count: int, now: float) -> float:
        """Seconds until `count` more may go by; 0.0: now."""
        return max(max(self.full_at, now) + count * self.each - now - MINUTE, 0.0)

    def take(self, count: int, now: float) -> None:
        """They went by, admitted or not."""
        self.full_at = max(self.full_at, now) + count * self.each

    def room(self, now: float) -> int:
        """How many may go by now."""
        return int((MINUTE - max(self.full_at - now, 0.0)) / self.each + 1e-6)
