"""The plans that there are, and what is read of one on a day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.scripture.model.canon.books import BOOKS, BY_CODE, Book
from rackhouse.services.scripture.model.plans.dividing import Track, divided
from rackhouse.services.scripture.model.reference import Range


class Round(Enum):
    """How often a plan begins anew."""

    YEAR = "a year"
    MONTH = "a month"
    DAYS = "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`days` is how long it takes where that is neither a year nor a month. Each track is read a
    part a day.
    """

    id: str
    name: str
    says: str
    round: Round
    tracks: tuple[Track, ...]
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The `number`th day of `of`, counted from 1, and what is read on it."""

    date: date
    number: int
    of: int
    readings: tuple[Range, ...]


def _books(first: str, last: str) -> tuple[Book, ...]:
    return BOOKS[BY_CODE[first].id - 1 : BY_CODE[last].id]


_OLD = Track((*_books("GEN", "JOB"), *_books("ECC", "MAL")))
_PSALMS, _PROVERBS = Track(_books("PSA", "PSA")), Track(_books("PRO", "PRO"))
_NEW = Track(_books("MAT", "REV"))
PLANS = (
    Plan(
        id="bible-in-a-year",
        name="The Bible in a year",
        says="From Genesis to Revelation, three or four chapters a day.",
        round=Round.YEAR,
        tracks=(Track(BOOKS),),
    ),
    Plan(
        id="three-places-in-a-year",
        name="Three places a day, in a year",
        says="Old Testament, Psalms and Proverbs, and New Testament side by side.",
        round=Round.YEAR,
        tracks=(_OLD, Track(_books("PSA", "PRO")), _NEW),
    ),
    Plan(
        id="new-testament-in-90-days",
        name="The New Testament in 90 days",
        says="About three chapters a day.",
        round=Round.DAYS,
        days=90,
        tracks=(_NEW,),
    ),
    Plan(
        id="gospels-in-40-days",
        name="The Gospels in 40 days",
        says="Matthew, Mark, Luke and John.",
        round=Round.DAYS,
        days=40,
        tracks=(Track(_books("MAT", "JHN")),),
    ),
    Plan(
        id="psalms-and-proverbs-in-a-month",
        name="Psalms and Proverbs each month",
        says="All of both, by the day of the month.",
        round=Round.MONTH,
        tracks=(_PSALMS, _PROVERBS),
    ),
)
_BY_ID = {each.id: each for each in PLANS}


def named(id: str) -> Plan:
    """The plan of that id. NotFound."""
    if plan := _BY_ID.get(id):
        return plan
    raise NotFound(
        f"there is no plan {id[:40]!r}", fix=f"ask for one of: {', '.join(_BY_ID)}", param="plan"
    )


def day_of(plan: Plan, on: date, start: date | None = None) -> Day:
    """What is read on a day. Without a `start`, years and days are counted from the first of
    January. BadRequest where it begins later.
    """
    if start and on < start:
        raise BadRequest(
            f"{on} is before the plan begins",
            fix=f"ask for {start} or a later day",
            param="date",
        )
    begun, days = _turn(plan, on, start)
    at = (on - begun).days
    readings = tuple(each for track in plan.tracks for each in divided(track, days)[at])
    return Day(date=on, number=at + 1, of=days, readings=readings)


def days_from(plan: Plan, start: date, many: int) -> Iterator[Day]:
    """Day by day, as it is read by who begins on that day."""
    for at in range(many):
        yield day_of(plan, start + timedelta(days=at), start)


def _turn(plan: Plan, on: date, start: date | None) -> tuple[date, int]:
    """Since when it is being read, that time, and how many days it takes."""
    if plan.round is Round.MONTH:
        return on.replace(day=1), monthrange(on.year, on.month)[1]
    first = start or date(on.year, 1, 1)
    if plan.round is Round.DAYS:
        return on - timedelta(days=(on - first).days % plan.days), plan.days
    begun = _in_year(first, on.year)
    if begun > on:
        begun = _in_year(first, on.year - 1)
    return begun, (_in_year(first, begun.year + 1) - begun).days


def _in_year(day: date, year: int) -> date:
    """The same day of another year; of the 29th of February the 28th."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
