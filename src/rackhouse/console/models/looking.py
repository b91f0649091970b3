"""One look at the gateway: health, traffic, spend, quality; or why one of them cannot be said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from markupsafe import Markup

from rackhouse.console.picture import sparkline
from rackhouse.kit.errors import RackhouseError
from rackhouse.operations.models.allowed import Budgets
from rackhouse.operations.models.quality import Quality
from rackhouse.operations.models.seen import Health, Line, Spend
from rackhouse.operations.models.wire import Wire

T = TypeVar("T")
LINES = 12  # requests that are shown
_DAYS = 30
_PATIENCE = 4.0  # seconds: a page that says what is missing is better than one that waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found. `days` is money by day, oldest first; None where it could not be read."""

    health: Health | None
    lines: tuple[Line, ...] = ()
    spend: Spend | None = None
    days: tuple[int, ...] = ()
    quality: Quality | None = None
    budgets: Budgets | None = None
    wrong: tuple[str, ...] = ()

    @property
    def spark(self) -> Markup:
        """Money by day."""
        return sparkline(self.days, "What each of the last 30 days cost")


async def look(wire: Wire, now: float) -> Look:
    """Everything at once. Never raises for a gateway that is away."""
    today = datetime.fromtimestamp(now, UTC).date()
    since = (today - timedelta(days=_DAYS - 1)).isoformat()
    wrong: list[str] = []
    health, lines, spend, days, quality, budgets = await asyncio.gather(
        _said(wire.health(), wrong),
        _said(wire.newest(LINES), wrong),
        _said(wire.spend("application"), wrong),
        _said(wire.spend("day", since=since, until=today.isoformat()), wrong),
        _said(wire.quality(), wrong),
        _said(wire.budgets(), wrong),
    )
    return Look(
        health=health,
        lines=lines or (),
        spend=spend,
        days=_by_day(days, today) if days else (),
        quality=quality,
        budgets=budgets,
        wrong=tuple(dict.fromkeys(wrong)),
    )


def _by_day(spend: Spend, today: date) -> tuple[int, ...]:
    of = {row.day: row.nanos for row in spend.rows}
    each = (today - timedelta(days=back) for back in reversed(range(_DAYS)))
    return tuple(of.get(day.isoformat(), 0) for day in each)


async def _said(asked: Awaitable[T], wrong: list[str]) -> T | None:
    try:
        return await asyncio.wait_for(asked, _PATIENCE)
    except TimeoutError:
        wrong.append("the gateway does not answer in time")
    except RackhouseError as error:
        wrong.append(error.what)
    return None
