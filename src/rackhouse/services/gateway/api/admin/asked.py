"""What programs of the rack's owner ask for in an address, checked; and how they are answered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.model.problem import BadRequest

_DAYS = 400  # the longest span of days that is added up


def number(request: Request, name: str, usual: int, most: int) -> int:
    """A whole number from 0 to `most`."""
    said = request.query_params.get(name, str(usual))
    if not (said.isascii() and said.isdecimal() and len(said) < 20) or int(said) > most:
        what = f"`{name}` is no number from 0 to {most}"
        raise BadRequest(what, fix=f"leave it out for {usual}", param=name)
    return int(said)


def days(request: Request) -> tuple[str, str]:
    """The first and the last day, in UTC: `since` and `until`; else this month until today."""
    today = datetime.now(UTC).date()
    until = _day(request, "until", today)
    since = _day(request, "since", until.replace(day=1))
    if not timedelta() <= until - since <= timedelta(days=_DAYS):
        what = f"from {since} to {until} are no 0 to {_DAYS} days"
        raise BadRequest(what, fix="ask for fewer at once, the first day first", param="since")
    return since.isoformat(), until.isoformat()


def _day(request: Request, name: str, usual: date) -> date:
    said = request.query_params.get(name, "")
    try:
        return date.fromisoformat(said) if said else usual
    except ValueError as error:
        what = f"`{name}` is no day: {said[:40]!r}"
        raise BadRequest(what, fix="say one such as 2026-01-31", param=name) from error


def told(value: object) -> Response:
    """Any value as JSON."""
    return Response(msgspec.json.encode(value), media_type="application/json")
