"""How soon to start again what ended, and when to call it a crash loop. Arithmetic only."""

from __future__ import annotations

FIRST = 0.1  # seconds before the first new start
LONGEST = 30.0
PROVEN = 10.0  # seconds of being ready after which earlier ends are forgotten
LOOP = 5  # failures in a row that are a crash loop
KILLS = 20  # ends in a row, of whatever kind, that are one too: the kernel may be out of memory


class Restarts:
    """One unit's ends in a row.

    0.1, 0.2, 0.4, 0.8, 1.6 s: a PostgreSQL that was killed and refuses for two seconds, while its
    shared memory is in use, is ready before it is called a crash loop.
    """

    def __init__(self) -> None:
        self.in_a_row = 0
        self._failures = 0

    @property
    def looping(self) -> bool:
        """Whether this is a crash loop."""
        return self._failures >= LOOP or self.in_a_row >= KILLS

    def ended(self, ready_for: float, *, killed: bool = False) -> float:
        """Note an end after `ready_for` seconds of being ready; seconds until the next start.

        `killed`: by a signal that others send. Of one that was ready, that is no failure.
        """
        if ready_for >= PROVEN:
            self.in_a_row = self._failures = 0
            return FIRST
        self.in_a_row += 1
        self._failures += not (killed and ready_for > 0)
        return LONGEST if self.looping else min(FIRST * 2.0**self.in_a_row, LONGEST)
