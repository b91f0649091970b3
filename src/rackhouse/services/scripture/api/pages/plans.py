"""Reading plans as pages, and as calendars to subscribe to."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.look.pages import GUARD
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import dated
from rackhouse.services.scripture.api.pages.desk import Desk
from rackhouse.services.scripture.api.pages.passages import chapters
from rackhouse.services.scripture.model.plans.calendar import calendar
from rackhouse.services.scripture.model.plans.plans import (
    PLANS,
    Day,
    Plan,
    day_of,
    days_from,
    named,
)
from rackhouse.services.scripture.model.reference import Range

_CALENDAR = "text/calendar; charset=utf-8"
_FEED = 366  # days of a feed
_AHEAD = 7


class Plans:
    """`/plans`, `/plan/{plan}`, `/plan/{plan}.ics`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def plans(self, request: Request) -> Response:
        """All of them, with what each has for today."""
        today = self._desk.today()
        told = [(each, day_of(each, today)) for each in PLANS]
        return self._desk.page(request, "plans", plans=told, today=today, chapters=_chapters)

    async def plan(self, request: Request) -> Response:
        """What one has for a day, and for those after it."""
        name = request.path_params["plan"]
        start = dated(request.query_params.get("start", ""), "start")
        if name.endswith(".ics"):
            return self._feed(request, named(name.removesuffix(".ics")), start)
        plan, today = named(name), self._desk.today()
        on = dated(request.query_params.get("date", ""), "date") or max(today, start or today)
        day = day_of(plan, on, start)
        week = [day_of(plan, on + timedelta(days=by), start) for by in range(1, _AHEAD + 1)]
        return self._desk.page(
            request,
            "plan",
            plan=plan,
            day=day,
            week=week,
            start=start,
            today=today,
            before=on - timedelta(days=1) if start is None or on > start else None,
            after=on + timedelta(days=1),
            chapters=_chapters,
        )

    def _feed(self, request: Request, plan: Plan, start: date | None) -> Response:
        """From its start, or from the first of January, for a year."""
        first = start or self._desk.today().replace(month=1, day=1)
        answer = kept(request, calendar(plan, first, days_from(plan, first, _FEED)))
        answer.headers.update(GUARD)
        if answer.status_code == 200:
            answer.headers["content-type"] = _CALENDAR
        return answer


def _chapters(day: Day) -> list[Range]:
    """What is read on it, each on a page of its own."""
    return [part for each in day.readings for part in chapters(each)]
