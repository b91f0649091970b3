"""The ledger without PostgreSQL: what it charges, and by whose clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from fakes.models.calls import call, caller
from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import (
    Budget,
    Config,
    Kind,
    Limit,
    Period,
    Price,
    Scope,
    Upstream,
)
from rackhouse.services.gateway.model.problem import Away, BadRequest, OverBudget
from rackhouse.services.gateway.service.ledger import filling, flush
from rackhouse.services.gateway.service.ledger.leases import NoLeases
from rackhouse.services.gateway.service.ledger.ledger import BudgetLedger
from rackhouse.services.gateway.store.ledger import Asked, Granted, Kept, Standing, Told

OLD = Price(since="2000-01-01", input=1_000_000, output=1_000_000)
NEW = Price(since="2030-01-01", input=2_000_000, output=2_000_000)
OUTSIDE = Upstream(name="outside", kind=Kind.OPENAI, model="m", prices=(OLD, NEW))
USED = Usage(input=40, output=10, known=True)


@pytest.fixture
def ledger() -> BudgetLedger:
    return BudgetLedger(Config(), NoLeases())


async def test_a_new_price_holds_from_its_day_by_postgresqls_clock(ledger: BudgetLedger) -> None:
    ledger.flush.hear(datetime(2029, 12, 31, 23, 59, tzinfo=UTC).timestamp())
    before = await ledger.reserve(call(caller()), OUTSIDE)
    ledger.flush.hear(datetime(2030, 1, 1, 0, 1, tzinfo=UTC).timestamp())
    after = await ledger.reserve(call(caller()), OUTSIDE)
    assert (before.money, after.money) == (200, 400)
    assert [await ledger.settle(each, USED) for each in (before, after)] == [50, 100]


async def test_a_hard_budget_is_closed_where_there_is_no_database(ledger: BudgetLedger) -> None:
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
    for _ in range(2):
        with pytest.raises(Away, match="DATABASE_URL"):
            await ledger.reserve(call(who), OUTSIDE)


async def test_a_soft_budget_is_open_there_and_remembers_nothing(ledger: BudgetLedger) -> None:
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=1, hard=False))
    async with ledger.running():
        for _ in range(3):
            hold = await ledger.reserve(call(who), OUTSIDE)
            assert await ledger.settle(hold, USED) == 50
        assert not ledger.flush._leases
        assert not ledger.flush._dirty


class Lowered(NoLeases):
    """A PostgreSQL that may be `away`, and keeps a limit that is lower than the key's own."""

    away = False

    async def changed(self) -> Sequence[Budget]:
        await asyncio.sleep(0.01)
        if self.away:
            raise Gone("PostgreSQL is away")
        limits = (Limit(period=Period.DAY, tokens=0),)
        return [Budget(scope=Scope.KEY, name="hello.llm", limits=limits)]

    async def grant(self, asked: Asked) -> Granted:
        standing = Standing(0, 0, 0, 0)
        if asked.tokens_cap is not None and asked.tokens_need > asked.tokens_cap:
            return Granted(None, None, 60.0, 0.0, standing)
        return Granted(0, asked.tokens_want, 60.0, 0.0, standing)

    async def settle(self, told: Sequence[Told]) -> Sequence[Kept]:
        return [Kept(each.lease, True, 60.0, Standing(0, 0, 0, 0)) for each in told]


async def test_a_limit_that_was_lowered_holds_from_the_first_request_on() -> None:
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
    async with BudgetLedger(Config(), Lowered()).running() as ledger:
        with pytest.raises(OverBudget):
            await ledger.reserve(call(who), OUTSIDE)


async def test_until_it_could_be_read_hard_budgets_are_closed() -> None:
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
    soft = caller("soft", Limit(period=Period.DAY, tokens=1, hard=False))
    store = Lowered()
    store.away = True
    async with BudgetLedger(Config(), store).running() as ledger, asyncio.timeout(5):
        for _ in range(3):
            with pytest.raises(Away, match="could not be read yet"):
                await ledger.reserve(call(who), OUTSIDE)
        await ledger.settle(await ledger.reserve(call(soft), OUTSIDE), USED)
        assert next(iter(ledger.gauges())).value == 1
        store.away = False
        while ledger.flush.unread:
            await asyncio.sleep(0.01)
        assert next(iter(ledger.gauges())).value == 0
        with pytest.raises(OverBudget):
            await ledger.reserve(call(who), OUTSIDE)


async def test_what_a_hostile_request_asks_for_fits_in_the_database(ledger: BudgetLedger) -> None:
    hold = await ledger.reserve(call(caller(), answer=10**30), OUTSIDE)
    assert hold.money == hold.tokens == 10**15
    huge = Usage(input=10**30, output=-5, known=True)
    assert await ledger.settle(hold, huge) == 10**15


async def test_all_that_an_upstream_charged_is_in_the_accounts(ledger: BudgetLedger) -> None:
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=1, hard=False))
    hold = await ledger.reserve(call(who), OUTSIDE)
    assert await ledger.settle(hold, Usage(input=9000, output=10, known=True)) == 9010


_PDF = replace(call(caller()), unbounded="input[0].file_url")
_MONEY = Limit(period=Period.DAY, money=10**9)


@pytest.mark.parametrize("limit", [_MONEY, Limit(period=Period.DAY, money=10**9, hard=False)])
async def test_where_nobody_can_count_a_part_the_whole_context_is_set_aside(
    ledger: BudgetLedger, limit: Limit
) -> None:
    wide = msgspec.structs.replace(OUTSIDE, context=128_000)
    assert (await ledger.reserve(_PDF, wide)).tokens == 128_000 + _PDF.answer
    asked = replace(_PDF, caller=caller("hello.llm", limit))
    if limit.hard:
        with pytest.raises(BadRequest) as caught:
            await ledger.reserve(asked, OUTSIDE)
        assert caught.value.param == "input[0].file_url"
    else:
        assert (await ledger.reserve(asked, OUTSIDE)).tokens == _PDF.prompt + _PDF.answer


async def test_on_ones_own_hardware_it_is_read_as_it_is(ledger: BudgetLedger) -> None:
    own = msgspec.structs.replace(OUTSIDE, local=True, context=128_000)
    who = caller("hello.llm", _MONEY)
    assert (await ledger.reserve(replace(_PDF, caller=who), own)).tokens == 200


class Unanswered(NoLeases):
    """A PostgreSQL that goes away in the middle of each grant."""

    def __init__(self) -> None:
        self.granted: list[UUID] = []
        self.told: list[Told] = []

    async def grant(self, asked: Asked) -> Granted:
        self.granted.append(asked.lease)
        raise Gone("away", asked=True)

    async def settle(self, told: Sequence[Told]) -> Sequence[Kept]:
        self.told += told
        return ()


async def test_a_lease_that_may_have_been_granted_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(flush, "_DOUBT", 0.0)
    store = Unanswered()
    ledger = BudgetLedger(Config(), store)
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
    with pytest.raises(Away):
        await ledger.reserve(call(who), OUTSIDE)
    for _ in range(2):
        await ledger.flush.once()
    assert [(each.lease, each.tokens_granted) for each in store.told] == [(store.granted[0], 0)]
    assert not ledger.flush._leases


class Slow(NoLeases):
    """A PostgreSQL that takes its time to say that a budget is used up."""

    async def grant(self, asked: Asked) -> Granted:
        await asyncio.sleep(0.15)
        return Granted(None, None, 60.0, 0.0, Standing(0, 0, 10**9, 0))


async def test_a_refusal_that_comes_late_is_one() -> None:
    ledger = BudgetLedger(Config(), Slow())
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
    async with asyncio.timeout(20):
        with pytest.raises(OverBudget, match="used up"):
            await ledger.reserve(call(who), OUTSIDE)


class TooLate(NoLeases):
    """A PostgreSQL whose leases are over when they come."""

    async def grant(self, asked: Asked) -> Granted:
        await asyncio.sleep(0)
        return Granted(0, asked.tokens_want, 0.0, 0.0, Standing(0, 0, 0, 0))


@pytest.mark.parametrize("hard", [True, False])
async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch, hard: bool) -> None:
    monkeypatch.setattr(filling, "_PATIENCE", 0.05)
    ledger = BudgetLedger(Config(), TooLate())
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9, hard=hard))
    async with asyncio.timeout(20):
        if hard:
            with pytest.raises(Away, match="too late"):
                await ledger.reserve(call(who), OUTSIDE)
        else:
            await ledger.reserve(call(who), OUTSIDE)


class Elsewhere(NoLeases):
    """A PostgreSQL that has leased all of a budget to other replicas."""

    async def grant(self, asked: Asked) -> Granted:
        return Granted(None, None, 60.0, 0.0, Standing(0, 0, 0, 10**9))


async def test_who_waited_for_others_in_vain_is_over_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filling, "_PATIENCE", 0.05)
    ledger = BudgetLedger(Config(), Elsewhere())
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
    with pytest.raises(OverBudget, match="set aside"):
        await ledger.reserve(call(who), OUTSIDE)
