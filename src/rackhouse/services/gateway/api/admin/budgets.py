"""`/admin/budgets`: how budgets stand, and other limits for them while the gateway runs."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.api.admin import told
from rackhouse.services.gateway.model.budgets import BudgetNow
from rackhouse.services.gateway.model.config import Limit, Scope
from rackhouse.services.gateway.model.problem import NotFound
from rackhouse.services.gateway.service.seams import Ledger


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All budgets. Money in nanos of `currency`."""

    currency: str
    budgets: tuple[BudgetNow, ...]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits in place of those of the file or the key. None: no limit at all."""

    limits: tuple[Limit, ...]


class Budgets:
    """The paths' handlers."""

    def __init__(self, ledger: Ledger, currency: str) -> None:
        self._ledger = ledger
        self._currency = currency

    async def standing(self, _: Request) -> Response:
        """GET."""
        budgets = tuple(await self._ledger.standing())
        said = Standing(currency=self._currency, budgets=budgets)
        return Response(msgspec.json.encode(said), media_type="application/json")

    async def change(self, request: Request) -> Response:
        """PUT: these limits hold from now on, in every replica within five seconds."""
        scope, name = _whose(request)
        wanted = await told.body(request, Wanted)
        told.limits(wanted.limits)
        await self._ledger.change(scope, name, wanted.limits)
        return Response(status_code=204)

    async def restore(self, request: Request) -> Response:
        """DELETE: what the file or the key says holds again."""
        scope, name = _whose(request)
        await self._ledger.change(scope, name, None)
        return Response(status_code=204)


def _whose(request: Request) -> tuple[Scope, str]:
    said = request.path_params["scope"]
    if said not in set(Scope):
        scopes = ", ".join(Scope)
        raise NotFound(f"there are no budgets of {said[:80]!r}", fix=f"there are those of {scopes}")
    return Scope(said), told.name(request.path_params["name"])
