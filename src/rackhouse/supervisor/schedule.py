"""Cron fields in a time zone, as instants. Arithmetic only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Schedule:
    """Five cron fields, read in a time zone."""

    fields: str
    timezone: str = "UTC"

    def check(self) -> str:
        """Why this is not a schedule, or nothing."""
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return f"there is no time zone {self.timezone!r}"
        if len(self.fields.split()) != 5:
            return f"the schedule {self.fields!r} does not have five fields"
        try:
            self.after(0.0)
        except ValueError as error:
            return f"the schedule {self.fields!r} never comes: {error}"
        return ""

    def after(self, moment: float) -> float:
        """The first instant later than `moment`, both Unix seconds. ValueError: there is none.

        In the night of summer time an hour that is skipped is made up for right after it; in that
        of winter time a fixed hour (`30 2 * * *`) comes once, every hour (`0 * * * *`) twice.
        """
        # Here, since it is 5 MB that a supervisor without timers need not hold.
        from croniter import croniter

        local = datetime.fromtimestamp(moment, ZoneInfo(self.timezone))
        instants = croniter(self.fields, local)
        every_hour = "*" in self.fields.split()[1]
        instant: datetime = instants.get_next(datetime)
        while instant.timestamp() <= moment or (_comes_twice(instant) and not every_hour):
            instant = instants.get_next(datetime)
        return instant.timestamp()


def _comes_twice(instant: datetime) -> bool:
    """Whether this is the second time that clocks on the wall show this minute."""
    return instant.fold == 1 and instant.utcoffset() != instant.replace(fold=0).utcoffset()
