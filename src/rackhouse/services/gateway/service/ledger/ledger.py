"""Reserve, settle, release: arithmetic in memory, but where a lease is used up.

A replica's clock decides nothing: it only stops taking from a lease before PostgreSQL ends it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import islice
from typing import Self

from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.budgets import BudgetNow
from rackhouse.services.gateway.model.call import Call, Usage
from rackhouse.services.gateway.model.config import (
    Budget,
    Config,
    Kind,
    Limit,
    Price,
    Scope,
    Upstream,
)
from rackhouse.services.gateway.model.problem import OverBudget
from rackhouse.services.gateway.service.ledger import filling, prices
from rackhouse.services.gateway.service.ledger.books import Books
from rackhouse.services.gateway.service.ledger.budgets import Budgets
from rackhouse.services.gateway.service.ledger.filling import Filling
from rackhouse.services.gateway.service.ledger.flush import Flush
from rackhouse.services.gateway.service.ledger.lease import Lease
from rackhouse.services.gateway.service.ledger.leases import Leases
from rackhouse.services.gateway.service.ledger.purse import Purse
from rackhouse.services.gateway.service.seams import Hold
from rackhouse.services.gateway.service.telemetry.metrics import Gauge

_SHOWN = 200  # budgets among the metrics: those of people's keys may be many

_log = logging.getLogger("rackhouse.gateway.ledger")


class Held(Hold, frozen=True, kw_only=True):
    """`leases` is emptied when it is settled, so that nothing is charged twice."""

    upstream: Upstream
    price: Price
    leases: list[Lease]


class BudgetLedger:
    """`seams.Ledger`, on leases from PostgreSQL."""

    def __init__(self, config: Config, store: Leases) -> None:
        self._prices = prices.Prices(config.unpriced)
        self._store = store
        self._books = Books(config, store)
        self.budgets = Budgets(config)
        self.flush = Flush(store, self.budgets)
        self._filling = Filling(store, self.flush)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """While what is settled is told to PostgreSQL; at the end everything is given back."""
        await self.flush.begin()
        telling = asyncio.create_task(self.flush.run())
        try:
            yield self
        finally:
            telling.cancel()
            await asyncio.wait({telling})
            await self._filling.stop()
            await self.flush.stop()

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        """As `seams.Ledger`."""
        price = self._prices.of(upstream, self.flush.day())
        free = price is not None and not (price.input or price.output)
        purses = self.budgets.binding(call, upstream, free)
        if price is None:
            price = _refuse_unpriced(purses, upstream)
        prompt = call.prompt
        if call.unbounded:
            prompt = prices.prompt(call, upstream, capped=_in_money(purses))
        tokens = min(prompt + call.answer, prices.MOST)
        writes = upstream.kind is Kind.ANTHROPIC
        money = 0 if free else prices.worst(price, prompt, call.answer, writes=writes)
        leases: list[Lease] = []
        if purses:
            leases = self._take(purses, money, tokens) or await self._wait(purses, money, tokens)
        return Held(
            id=call.id,
            money=money,
            tokens=tokens,
            warning="; ".join([each.warning for each in purses if each.warning]),
            upstream=upstream,
            price=price,
            leases=leases,
        )

    async def settle(self, hold: Hold, usage: Usage) -> int:
        """As `seams.Ledger`."""
        assert isinstance(hold, Held)
        money, tokens = hold.money, hold.tokens
        if usage.known:
            money = prices.cost(hold.price, usage)
            tokens = min(max(usage.input, 0) + max(usage.output, 0), prices.MOST)
        if not hold.leases:
            return money
        self._settle(hold, money, tokens)
        if money > hold.money or tokens > hold.tokens:
            _log.warning(
                "%s charged %d nanos and %d tokens for a request that was to use %d and %d at most",
                *(hold.upstream.name, money, tokens, hold.money, hold.tokens),
            )
        return money

    async def release(self, hold: Hold) -> None:
        """As `seams.Ledger`."""
        assert isinstance(hold, Held)
        self._settle(hold, 0, 0)

    def _settle(self, hold: Held, money: int, tokens: int) -> None:
        for lease in hold.leases:
            lease.settle(hold.money, hold.tokens, money, tokens)
            self.flush.tell(lease)
        hold.leases.clear()

    def _take(self, purses: Sequence[Purse], money: int, tokens: int) -> list[Lease]:
        """From all of them, or from none."""
        now = time.monotonic()
        leases: list[Lease] = []
        for purse in purses:
            lease = purse.take(money, tokens, now)
            if lease is None:
                for each in leases:
                    each.settle(money, tokens, 0, 0)
                return []
            leases.append(lease)
        for purse in purses:
            if purse.runs_low():
                self._filling.early(purse, money, tokens)
        return leases

    async def _wait(self, purses: Sequence[Purse], money: int, tokens: int) -> list[Lease]:
        since = time.monotonic()
        while True:
            await self._filling.fit(purses, money, tokens, since)
            if leases := self._take(purses, money, tokens):
                return leases

    async def standing(self) -> Sequence[BudgetNow]:
        """As `seams.Ledger`."""
        with _counted():
            return await self._books.standing()

    async def change(self, scope: Scope, name: str, limits: tuple[Limit, ...] | None) -> None:
        """As `seams.Ledger`."""
        with _counted():
            if limits is None:
                await self._store.restore(scope, name)
            else:
                await self._store.change(Budget(scope=scope, name=name, limits=limits))
            self.budgets.change(await self._store.changed())

    def gauges(self) -> Iterator[Gauge]:
        """As `seams.Ledger`."""
        away = float(self._filling.away)
        yield Gauge("ledger_away", "1 while budgets cannot be counted.", away)
        for purse in islice(self.budgets, _SHOWN):
            labels = {"scope": purse.scope, "name": purse.name, "period": purse.period}
            yield Gauge("budget_spent_ratio", "Of a budget, 1 for all of it.", purse.share, labels)


def _refuse_unpriced(purses: Sequence[Purse], upstream: Upstream) -> Price:
    if _in_money(purses):
        raise OverBudget(
            f"nobody said what {upstream.name} costs, and a budget in money binds",
            fix="give it `prices` in the rack file",
        )
    return prices.FREE


def _in_money(purses: Sequence[Purse]) -> bool:
    return any(each.money_cap is not None for each in purses)


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except Gone as gone:
        raise filling.away(str(gone)) from gone
