"""`/admin/spend`: what was used and what it cost, by whatever the accounts are kept by."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.api.admin.asked import days, told
from rackhouse.services.gateway.model.account import BY, Sums, added_up, plus
from rackhouse.services.gateway.model.problem import BadRequest
from rackhouse.services.gateway.service.telemetry.journal import Telemetry

_USUAL = "application,model,upstream"
_MOST = 5000  # rows of an answer


class Spend:
    """The accounts of one gateway."""

    def __init__(self, telemetry: Telemetry, currency: str) -> None:
        self._telemetry = telemetry
        self._currency = currency

    async def spent(self, request: Request) -> Response:
        """From `since` to `until`, added up `by` some of BY; the dearest first. Money in nanos."""
        since, until = days(request)
        by = [word for word in request.query_params.get("by", _USUAL).split(",") if word]
        if wrong := [word for word in by if word not in BY]:
            what = f"accounts have no {wrong[0][:40]!r}"
            raise BadRequest(what, fix=f"they have {', '.join(BY)}", param="by")
        await self._telemetry.freshen()
        accounts = await self._telemetry.archive.accounts(since, until)
        total = Sums()
        for _, its in accounts:
            total = plus(total, its)
        rows = [_row(by, whose._asdict(), its) for whose, its in added_up(accounts, by)[:_MOST]]
        return told(
            {
                "currency": self._currency,
                "since": since,
                "until": until,
                "by": by,
                "total": asdict(total),
                "rows": rows,
            }
        )


def _row(by: list[str], whose: dict[str, Any], its: Sums) -> dict[str, Any]:
    return {word: whose[word] for word in by} | asdict(its)
