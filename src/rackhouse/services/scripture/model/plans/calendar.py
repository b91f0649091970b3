"""A plan as a calendar that others subscribe to: RFC 5545, one whole day each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from rackhouse.services.scripture.model.plans.plans import Day, Plan
from rackhouse.services.scripture.model.reference import written

_WIDTH = 75  # octets of a line; what is longer goes on in the next one


def calendar(plan: Plan, start: date, days: Iterable[Day]) -> str:
    """All days of it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rackhouse//Scripture//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_escaped(plan.name)}",
        f"X-WR-CALNAME:{_escaped(plan.name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P7D",
        *(line for day in days for line in _event(plan, start, day)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(plan: Plan, start: date, day: Day) -> Iterator[str]:
    told = "; ".join(written(each) for each in day.readings)
    yield "BEGIN:VEVENT"
    yield f"UID:{plan.id}-{start:%Y%m%d}-{day.date:%Y%m%d}@scripture.rackhouse"
    yield f"DTSTAMP:{start:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{day.date:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day.date + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(told)}"
    yield f"DESCRIPTION:{_escaped(f'{plan.name}, day {day.number} of {day.of}')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """In parts of at most 75 octets, no letter cut in two; each but the first behind a space."""
    part = b""
    for letter in line:
        more = letter.encode()
        if len(part) + len(more) > _WIDTH:
            yield part.decode()
            part = b" "
        part += more
    yield part.decode()
