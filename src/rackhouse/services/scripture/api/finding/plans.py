"""`GET /v1/plans`, `GET /v1/plans/{plan}/days/{date}`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import asked, dated
from rackhouse.services.scripture.api.finding import shapes
from rackhouse.services.scripture.model.plans.plans import PLANS, Plan, day_of, named
from rackhouse.services.scripture.model.plans.verses import by_topic
from rackhouse.services.scripture.model.reference import Range, written


class Plans:
    """Reading plans."""

    async def plans(self, request: Request) -> Response:
        """All of them."""
        told = shapes.Plans(plans=tuple(map(_plan, PLANS)), topics=tuple(by_topic()))
        return kept(request, told)

    async def day(self, request: Request) -> Response:
        """What one has for a day."""
        plan = named(request.path_params["plan"])
        on = dated(request.path_params["date"], "date")
        if on is None:
            raise BadRequest("no day is named", fix="say a day, as 2026-12-24", param="date")
        start = dated(asked(request, "start", "2026-03-01", needed=False), "start")
        day = day_of(plan, on, start)
        told = shapes.PlanDay(
            plan=_plan(plan),
            date=day.date.isoformat(),
            number=day.number,
            of=day.of,
            readings=tuple(map(_part, day.readings)),
        )
        return kept(request, told)


def _plan(plan: Plan) -> shapes.Plan:
    return shapes.Plan(id=plan.id, name=plan.name, says=plan.says)


def _part(verses: Range) -> shapes.Part:
    return shapes.Part(
        reference=written(verses), first=verses.first, last=verses.last, verses=len(verses)
    )
