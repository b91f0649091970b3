"""Reserve, settle, release: arithmetic in memory, but where a lease is used up.

A replica's clock decides nothing: it only stops taking from a lease before PostgreSQL ends it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Self

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
from rackhouse.services.gateway.model.problem import Away, OverBudget
from rackhouse.services.gateway.service.ledger import prices
from rackhouse.services.gateway.service.ledger.books import Books
from rackhouse.services.gateway.service.ledger.budgets import Budgets
from rackhouse.services.gateway.service.ledger.flush import Flush
from rackhouse.services.gateway.service.ledger.lease import Lease
from rackhouse.services.gateway.service.ledger.leases import Leases
from rackhouse.services.gateway.service.ledger.purse import Purse
from rackhouse.services.gateway.service.seams import Hold
from rackhouse.services.gateway.service.telemetry.metrics import Gauge
from rackhouse.services.gateway.store.database import Gone

_PATIENCE = 3.0  # seconds for what others have set aside to come back: idle leases do after two
_PAUSE = 0.1  # seconds between two looks whether it has: so long is a refusal believed
_BELIEVED = 0.5  # seconds for which PostgreSQL is taken to be away without asking again
_AWAY = 10.0  # seconds for which it is told as away after it did not answer
_SHOWN = 200  # budgets among the metrics: those of people's keys may be many

_log = logging.getLogger("rackhouse.gateway.ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Hold):
    """`leases` is emptied when it is settled, so that nothing is charged twice."""

    upstream: Upstream
    price: Price
    leases: list[Lease]


class BudgetLedger:
    """`seams.Ledger`, on leases from PostgreSQL."""

    def __init__(self, config: Config, store: Leases) -> None:
        self._unpriced = config.unpriced
        self._store = store
        self._gone, self._gone_at = "", -_BELIEVED  # why PostgreSQL could not be asked, and when
        self._books = Books(config, store)
        self.budgets = Budgets(config)
        self.flush = Flush(store, self.budgets)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """While what is settled is told to PostgreSQL; at the end everything is given back."""
        telling = asyncio.create_task(self.flush.run())
        try:
            yield self
        finally:
            telling.cancel()
            await asyncio.wait({telling})
            await self.flush.stop()

    async def reserve(self, call: Call, upstream: Upstream) -> Hold:
        """As `seams.Ledger`."""
        price = prices.price(upstream, self._unpriced, self.flush.day())
        free = price is not None and not (price.input or price.output)
        purses = self.budgets.binding(call, upstream, free)
        if price is None:
            price = _refuse_unpriced(purses, upstream)
        prompt = prices.prompt(call, upstream, capped=bool(call.unbounded) and _in_money(purses))
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
        away = float(time.monotonic() - self._gone_at < _AWAY)
        yield Gauge("ledger_away", "1 while budgets cannot be counted.", away)
        for purse in islice(self.budgets, _SHOWN):
            labels = {"scope": purse.scope, "name": purse.name, "period": purse.period}
            yield Gauge("budget_spent_ratio", "Of a budget, 1 for all of it.", purse.share, labels)

    async def _wait(self, purses: Sequence[Purse], money: int, tokens: int) -> list[Lease]:
        end = time.monotonic() + _PATIENCE
        while True:
            for purse in purses:
                await self._fit(purse, money, tokens, end)
            if leases := self._take(purses, money, tokens):
                return leases

    async def _fit(self, purse: Purse, money: int, tokens: int, end: float) -> None:
        """Until `purse` has a lease that the request fits in."""
        while not purse.fits(money, tokens, now := time.monotonic()):
            late = now >= end
            if purse.filling is None or late:
                if purse.refuses(money, tokens, end - _PATIENCE if late else now - _PAUSE):
                    if late or purse.used_up(money, tokens):
                        raise _over(purse, used_up=purse.used_up(money, tokens))
                    await asyncio.sleep(_PAUSE)
                    continue
                if why := self._why_uncounted(now, end):
                    if purse.binds:
                        raise _away(why)
                    purse.uncounted(now)
                    return
                purse.filling = asyncio.create_task(self._fill(purse, money, tokens))
            purse.wait(money, tokens)
            try:
                # Shielded: others wait for it too, and what was granted must not be forgotten.
                await asyncio.shield(purse.filling)
            finally:
                purse.wait(-money, -tokens)

    def _why_uncounted(self, now: float, end: float) -> str:
        """Why there is nothing to wait for; empty where there is."""
        if now - self._gone_at < _BELIEVED:
            return self._gone
        return "PostgreSQL answers too late" if now >= end else ""

    async def _fill(self, purse: Purse, money: int, tokens: int) -> None:
        """Ask for another lease; what is left of the one before goes back."""
        now, limits = time.monotonic(), purse.limits
        if before := purse.close():
            self.flush.tell(before)
        asked = purse.ask(money, tokens, now)
        try:
            granted = await self._store.grant(asked)
            self.flush.hear(granted.epoch)
            lease = purse.answer(asked, granted, now)
            if lease is None:
                await self.flush.once()  # what we can give back ourselves
                purse.refused(asked, time.monotonic())
                return
            self.flush.add(lease, purse)
            if purse.limits is not limits:
                purse.lease = None
        except Gone as gone:
            self._gone, self._gone_at = str(gone), time.monotonic()
            if gone.asked:
                self.flush.doubt(asked.lease)
        finally:
            purse.filling = None


def _refuse_unpriced(purses: Sequence[Purse], upstream: Upstream) -> Price:
    if _in_money(purses):
        raise OverBudget(
            f"nobody said what {upstream.name} costs, and a budget in money binds",
            fix="give it `prices` in the rack file",
        )
    return prices.FREE


def _in_money(purses: Sequence[Purse]) -> bool:
    return any(each.money_cap is not None for each in purses)


def _away(why: str) -> Away:
    return Away(f"budgets cannot be counted just now: {why}", retry_after=1)


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except Gone as gone:
        raise _away(str(gone)) from gone


def _over(purse: Purse, *, used_up: bool) -> OverBudget:
    whose = f"the {purse.period}'s budget of {purse.scope} {purse.name}"
    if used_up:
        return OverBudget(f"{whose} is used up, or has too little left for this request")
    return OverBudget(
        f"{whose} has its rest set aside for requests that are being answered",
        fix="try again in a moment, or ask for a shorter answer",
    )
