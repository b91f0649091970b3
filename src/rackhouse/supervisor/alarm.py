"""When a timer is due, on a clock that may be set forward or back. Arithmetic only.

A clock set forward, or a machine that slept: one run makes up for all that were missed. A clock set
back: an instant that comes again is passed over, unless half of the time to the one after it has
really gone by since the last run. So nothing runs twice, and nothing waits for hours.
"""

from __future__ import annotations

from rackhouse.supervisor.schedule import Schedule


class Alarm:
    """`now` is what the clock on the wall shows, `steady` a clock that never jumps; seconds.

    `last_run` and `next_run` are Unix seconds, 0 for never; they are to be kept across restarts.
    """

    def __init__(
        self, schedule: Schedule, *, now: float, steady: float, last_run: float, next_run: float
    ) -> None:
        self.last_run = last_run
        self._schedule = schedule
        self._shown = now
        # How long ago the last run really was nobody knows: no time at all.
        self._ran = steady
        # A next run in the far future may be the work of a clock that was wrong.
        coming = self._coming(now, steady)
        self.next_run = min(next_run or coming, coming)

    def look(self, now: float, steady: float) -> float:
        """Seconds until it is due; 0 or less: it is."""
        if now < self._shown:
            self.next_run = self._coming(now, steady)
        self._shown = now
        return self.next_run - now

    def began(self, now: float, steady: float) -> None:
        """It runs."""
        self.last_run, self._ran = now, steady
        self.ended(now, steady)

    def ended(self, now: float, steady: float) -> None:
        """It no longer runs; instants that passed meanwhile are not made up for."""
        self._shown = now
        self.next_run = self._coming(now, steady)

    def _coming(self, now: float, steady: float) -> float:
        instant = self._schedule.after(now)
        while instant <= self.last_run:
            following = self._schedule.after(instant)
            if instant - now + steady - self._ran >= (following - instant) / 2:
                break
            instant = following
        return instant
