"""Budgets as requests meet them, on a real PostgreSQL: used up, shared, away, back again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from fakes.models.calls import call, caller
from fakes.models.rack import NANO
from fakes.stores import Store
from rackhouse.kit.postgres.database import Database, Gone
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import (
    Budget,
    Config,
    Kind,
    Limit,
    Named,
    Period,
    Scope,
    Upstream,
)
from rackhouse.services.gateway.model.problem import Away, OverBudget
from rackhouse.services.gateway.service.ledger.ledger import BudgetLedger
from rackhouse.services.gateway.service.seams import Hold
from rackhouse.services.gateway.store.ledger import LedgerStore, Row

pytestmark = pytest.mark.slow

# A request of `call` costs 200 nanos at the worst.
OUTSIDE = Upstream(name="outside", kind=Kind.OPENAI, model="m", prices=(NANO,))
UNNANOD = Upstream(name="unpriced", kind=Kind.OPENAI, model="m")
LOCAL = Upstream(name="local", kind=Kind.OLLAMA, model="m", local=True)
USED = Usage(input=40, output=10, known=True)


def money(nanos: int, *, hard: bool = True, period: Period = Period.MONTH) -> Limit:
    return Limit(period=period, money=nanos, hard=hard)


@dataclass
class Replica:
    ledger: BudgetLedger
    store: LedgerStore

    async def store_knows(self) -> bool:
        """Whether anything was counted."""
        with contextlib.suppress(Gone):
            await self.ledger.flush.once()
            return any(each.money_settled for each in await self.store.standing())
        return False

    async def row(self, scope: str = "key", name: str = "hello.llm") -> Row:
        await self.ledger.flush.once()
        rows = [
            each for each in await self.store.standing() if (each.scope, each.name) == (scope, name)
        ]
        (row,) = rows
        return row


@asynccontextmanager
async def replica(database: Database, config: Config | None = None) -> AsyncIterator[Replica]:
    store = LedgerStore(database, "one")
    async with BudgetLedger(config or Config(), store).running() as ledger:
        yield Replica(ledger, store)


@pytest.fixture
async def one(database: Database) -> AsyncIterator[Replica]:
    async with replica(database) as made:
        yield made


async def test_what_was_used_is_charged_and_the_rest_can_be_used(one: Replica) -> None:
    who = caller("hello.llm", money(220))
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    assert (hold.money, await one.ledger.settle(hold, USED)) == (200, 50)
    with pytest.raises(OverBudget, match="month's budget of key hello"):
        await one.ledger.reserve(call(who), OUTSIDE)
    assert (await one.row()).money_settled == 50


async def test_an_unknown_outcome_is_charged_whole(one: Replica) -> None:
    hold = await one.ledger.reserve(call(caller("hello.llm", money(1000))), OUTSIDE)
    assert await one.ledger.settle(hold, Usage()) == 200
    assert (await one.row()).money_settled == 200


async def test_what_was_never_asked_costs_nothing_and_nothing_is_settled_twice(
    one: Replica,
) -> None:
    who = caller("hello.llm", money(1000))
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    await one.ledger.release(hold)
    await one.ledger.release(hold)
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    await one.ledger.settle(hold, USED)
    await one.ledger.settle(hold, USED)
    assert (await one.row()).money_settled == 50


async def test_every_budget_that_binds_is_charged_or_none_is(database: Database) -> None:
    config = Config(
        models=(Named(name="chat", candidates=(), limits=(money(10_000),)),),
        budgets=(
            Budget(scope=Scope.APPLICATION, name="hello", limits=(money(10_000),)),
            Budget(scope=Scope.PERSON, name="ruth", limits=(money(300),)),
        ),
    )
    dear = Upstream(
        name="dear", kind=Kind.OPENAI, model="m", prices=(NANO,), limits=(money(10_000),)
    )
    async with replica(database, config) as one:
        who = caller("ruth.laptop", money(10_000), person="ruth")
        hold = await one.ledger.reserve(call(who), dear)
        with pytest.raises(OverBudget, match="person ruth"):
            await one.ledger.reserve(call(who), dear)
        await one.ledger.settle(hold, USED)
        await one.ledger.flush.once()
        rows = {each.scope: each.money_settled for each in await one.store.standing()}
        assert rows == dict.fromkeys(("key", "application", "person", "model", "upstream"), 50)


async def test_ones_own_hardware_is_asked_whatever_was_spent(one: Replica) -> None:
    who = caller("hello.llm", money(10))
    with pytest.raises(OverBudget):
        await one.ledger.reserve(call(who), OUTSIDE)
    hold = await one.ledger.reserve(call(who), LOCAL)
    assert (hold.money, await one.ledger.settle(hold, USED)) == (0, 0)


async def test_tokens_are_counted_of_ones_own_hardware_too(one: Replica) -> None:
    who = caller("hello.llm", Limit(period=Period.DAY, tokens=230))
    hold = await one.ledger.reserve(call(who), LOCAL)
    await one.ledger.settle(hold, USED)
    with pytest.raises(OverBudget, match="day's budget"):
        await one.ledger.reserve(call(who), LOCAL)
    assert (await one.row()).tokens_settled == 50


async def test_a_soft_budget_is_told_and_not_enforced(one: Replica) -> None:
    who = caller("hello.llm", money(100, hard=False), money(1000))
    for _ in range(3):
        await one.ledger.settle(await one.ledger.reserve(call(who), OUTSIDE), USED)
    await one.ledger.flush.once()
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    assert hold.warning == "key hello.llm: 150% of the month's budget is spent"
    await one.ledger.release(hold)


async def test_what_nobody_priced_is_refused_where_money_binds(database: Database) -> None:
    who, free = caller("hello.llm", money(1000)), caller("other")
    async with replica(database) as one:
        with pytest.raises(OverBudget, match="nobody said what unpriced costs"):
            await one.ledger.reserve(call(who), UNNANOD)
        await one.ledger.reserve(call(free), UNNANOD)
    async with replica(database, Config(unpriced=(NANO,))) as one:
        assert (await one.ledger.reserve(call(who), UNNANOD)).money == 200


async def test_what_an_upstream_charged_beyond_what_was_possible_is_spent(
    one: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    who = caller("hello.llm", money(1000))
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    charged = await one.ledger.settle(hold, Usage(input=900, output=9, known=True))
    row = await one.row()
    assert (charged, row.money_settled + row.money_overrun) == (909, 909)
    assert "outside charged 909 nanos" in caplog.text
    (now,) = await one.ledger.standing()
    assert (now.money.spent, now.money.left) == (909, 91)
    with pytest.raises(OverBudget, match="used up"):
        await one.ledger.reserve(call(who), OUTSIDE)


async def test_the_last_of_a_budget_may_be_used_by_any_replica(database: Database) -> None:
    who = caller("hello.llm", money(200))
    async with replica(database) as one, replica(database) as other:
        hold = await one.ledger.reserve(call(who), OUTSIDE)
        asking = asyncio.create_task(other.ledger.reserve(call(who), OUTSIDE))
        await asyncio.sleep(0)
        await one.ledger.release(hold)
        assert (await asking).money == 200


async def test_many_at_once_share_what_there_is(one: Replica) -> None:
    who = caller("hello.llm", money(200 * 30 + 199))

    async def ask() -> Hold | None:
        with contextlib.suppress(OverBudget):
            return await one.ledger.reserve(call(who), OUTSIDE)
        return None

    holds = [each for each in await asyncio.gather(*(ask() for _ in range(60))) if each]
    assert len(holds) == 30
    for each in holds:
        await one.ledger.settle(each, Usage())
    assert (await one.row()).money_settled == 200 * 30


async def test_without_postgresql_budgets_are_closed_and_the_rest_is_open(
    database: Database, server: Store
) -> None:
    who, free = caller("hello.llm", money(10_000)), caller("other")
    async with replica(database) as one:
        hold = await one.ledger.reserve(call(who, prompt=10, answer=10), OUTSIDE)
        server.kill()
        await one.ledger.settle(hold, Usage(input=5, output=5, known=True))
        with pytest.raises(Away):
            await one.ledger.reserve(call(who, prompt=5000), OUTSIDE)
        assert (await one.ledger.reserve(call(free), LOCAL)).money == 0
        server.start()
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(Away):
                    again = await one.ledger.reserve(call(who), OUTSIDE)
                    break
                await asyncio.sleep(0.1)
        await one.ledger.settle(again, USED)
        assert (await one.row()).money_settled == 60


async def test_everything_that_is_not_needed_is_given_back_at_the_end(database: Database) -> None:
    who = caller("hello.llm", money(10_000))
    async with replica(database) as one:
        await one.ledger.settle(await one.ledger.reserve(call(who), OUTSIDE), USED)
    (row,) = await one.store.standing()
    assert (row.money_settled, row.money_leased) == (50, 0)
    assert await database.rows("SELECT count(*) FROM gateway_leases") == [(0,)]


async def test_a_client_that_leaves_while_it_waits_leaves_nothing_set_aside(
    one: Replica,
) -> None:
    who = caller("hello.llm", money(10_000))
    asking = asyncio.create_task(one.ledger.reserve(call(who), OUTSIDE))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait({asking})
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    await one.ledger.release(hold)
    await one.ledger.flush.stop()
    assert ((await one.row()).money_settled, (await one.row()).money_leased) == (0, 0)


async def test_a_budget_that_is_changed_holds_from_then_on(one: Replica) -> None:
    who = caller("hello.llm", money(100))
    with pytest.raises(OverBudget):
        await one.ledger.reserve(call(who), OUTSIDE)
    await one.ledger.change(Scope.KEY, "hello.llm", (money(500),))
    await asyncio.sleep(0.1)  # for as long, a refusal is believed
    hold = await one.ledger.reserve(call(who), OUTSIDE)
    (shown,) = await one.ledger.standing()
    assert (shown.changed, shown.money.cap, shown.money.left) == (True, 500, 300)
    await one.ledger.settle(hold, USED)
    await one.ledger.change(Scope.KEY, "hello.llm", (money(150),))
    with pytest.raises(OverBudget):
        await one.ledger.reserve(call(who), OUTSIDE)
    await one.ledger.change(Scope.KEY, "hello.llm", None)
    (shown,) = await one.ledger.standing()
    assert not shown.changed


async def test_a_soft_budget_goes_on_uncounted_without_postgresql_and_is_counted_again(
    database: Database, server: Store
) -> None:
    who = caller("hello.llm", money(10_000, hard=False))
    async with replica(database) as one:
        server.kill()
        holds = [await one.ledger.reserve(call(who), OUTSIDE) for _ in range(3)]
        server.start()
        # What began uncounted ends so, and later ones are counted.
        async with asyncio.timeout(20):
            while not await one.store_knows():
                await one.ledger.settle(await one.ledger.reserve(call(who), OUTSIDE), USED)
                await asyncio.sleep(0.1)
        for each in holds:
            assert await one.ledger.settle(each, USED) == 50
        await one.ledger.flush.once()
        assert (await one.row()).money_settled % 50 == 0
        assert not one.ledger.flush._dirty
