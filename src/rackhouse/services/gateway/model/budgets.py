"""A budget as it stands, for people and programs."""

from __future__ import annotations

import msgspec

from rackhouse.services.gateway.model.config import Limit, Period, Scope


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Money in nanos, or tokens. `left` is what may still be set aside; -1 is without end."""

    cap: int = -1
    spent: int = 0
    leased: int = 0  # set aside by replicas, for requests that run or come
    left: int = -1
    overrun: int = 0  # of what is spent, charged by upstreams beyond all that was set aside


class BudgetNow(msgspec.Struct, frozen=True, kw_only=True):
    """One budget in the period that runs. `changed`: its limits were set while the gateway ran,
    and are not those of the file or the key.
    """

    scope: Scope
    name: str
    period: Period
    starts: str = ""  # 2026-01-01T00:00:00Z; "" as long as nobody asked
    ends: str = ""
    limits: tuple[Limit, ...] = ()
    changed: bool = False
    money: Standing = Standing()
    tokens: Standing = Standing()
