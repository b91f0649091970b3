"""Ledgers: one that counts nothing, and one that is written down: what was set aside, and what
became of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from rackhouse.services.gateway.model.budgets import BudgetNow
from rackhouse.services.gateway.model.call import Call, Usage
from rackhouse.services.gateway.model.config import Limit, Scope, Upstream
from rackhouse.services.gateway.service.gateway import Gateway
from rackhouse.services.gateway.service.seams import Hold
from rackhouse.services.gateway.service.telemetry.metrics import Gauge


class NoLedger:
    """Counts nothing."""

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        """Nothing is set aside."""
        return Hold(id=call.id, money=0, tokens=0)

    async def settle(self, hold: Hold, usage: Usage) -> int:
        """Nothing is charged."""
        return 0

    async def release(self, hold: Hold) -> None:
        """Nothing was set aside."""

    async def standing(self) -> Sequence[BudgetNow]:
        """None."""
        return ()

    async def change(self, scope: Scope, name: str, limits: tuple[Limit, ...] | None) -> None:
        """Nothing to count."""

    def gauges(self) -> Sequence[Gauge]:
        """None."""
        return ()


class Counted(NoLedger):
    """`ends` counts for each hold how often it was settled or released: once is right."""

    def __init__(self) -> None:
        self.ends: Counter[str] = Counter()
        self.held: dict[str, str] = {}  # the upstream of each hold
        self.settled: list[tuple[str, Usage]] = []  # upstream, and what was used
        self.released: list[str] = []

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        """Under an id of its own."""
        hold = Hold(id=f"hold-{len(self.held)}", money=0, tokens=0)
        self.held[hold.id] = upstream.name
        return hold

    async def settle(self, hold: Hold, usage: Usage) -> int:
        """Written down."""
        self.ends[hold.id] += 1
        self.settled.append((self.held[hold.id], copy(usage)))
        return 0

    async def release(self, hold: Hold) -> None:
        """Written down."""
        self.ends[hold.id] += 1
        self.released.append(self.held[hold.id])

    @property
    def even(self) -> bool:
        """Every hold has ended, and none twice."""
        return set(self.ends) == set(self.held) and all(n == 1 for n in self.ends.values())


def counted(gateway: Gateway) -> Counted:
    """From now on the gateway's ledger is a new one of this kind."""
    ledger = Counted()
    gateway.parts = replace(gateway.parts, ledger=ledger)
    return ledger
