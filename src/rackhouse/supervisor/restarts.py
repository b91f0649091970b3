"""How soon to start again what ended, and when to call it a crash loop. Arithmetic only."""

from __future__ import annotations

FIRST = 0.1  # seconds before the first new start
LONGEST = 30.0
PROVEN = 10.0  # seconds of being ready after which earlier ends are forgotten
LOOP = 5  # ends in a row that are a crash loop


class Restarts:
    """One unit's ends in a row.

    0.1, 0.2, 0.4, 0.8, 1.6 s: a PostgreSQL that was killed and refuses for two seconds, while its
    shared memory is in use, is ready before it is called a crash loop.
    """

    def __init__(self) -> None:
        self.in_a_row = 0

    @property
    def looping(self) -> bool:
        """Whether this is a crash loop."""
        return self.in_a_row >= LOOP

    def ended(self, ready_for: float) -> float:
        """Note an end after `ready_for` seconds of being ready; seconds until the next start."""
        if ready_for >= PROVEN:
            self.in_a_row = 0
            return FIRST
        self.in_a_row += 1
        return LONGEST if self.looping else min(FIRST * 2.0**self.in_a_row, LONGEST)
