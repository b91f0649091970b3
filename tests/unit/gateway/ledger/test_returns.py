"""Nothing that is free stays set aside: leases that nobody takes from any more are told of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from fakes.models.calls import call, caller
from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import (
    Budget,
    Config,
    Kind,
    Limit,
    Period,
    Scope,
    Upstream,
)
from rackhouse.services.gateway.model.problem import Away
from rackhouse.services.gateway.service.ledger.leases import NoLeases
from rackhouse.services.gateway.service.ledger.ledger import BudgetLedger
from rackhouse.services.gateway.store.ledger import Asked, Granted, Kept, Standing, Told

LOCAL = Upstream(name="own", kind=Kind.OLLAMA, model="m", local=True)
WHO = caller("hello.llm", Limit(period=Period.DAY, tokens=10_000))
USED = Usage(input=40, output=10, known=True)
_NOTHING = Standing(0, 0, 0, 0)


class Granting(NoLeases):
    """A PostgreSQL that grants 1000 tokens each time, until they are `over`. It answers when it is
    let `go`.
    """

    def __init__(self) -> None:
        self.told: dict[UUID, Told] = {}
        self.over = False
        self.go = asyncio.Event()
        self.go.set()

    async def grant(self, asked: Asked) -> Granted:
        await self.go.wait()
        return Granted(0, 1000, 60.0, 0.0, _NOTHING)

    async def settle(self, told: Sequence[Told]) -> Sequence[Kept]:
        self.told |= {each.lease: each for each in told}
        await self.go.wait()
        return [Kept(each.lease, not self.over, 60.0, _NOTHING) for each in told]

    @property
    def kept(self) -> list[tuple[int, int]]:
        """Of each lease that was told of: settled, and still wanted."""
        return [(each.tokens_settled, each.tokens_granted) for each in self.told.values()]


async def _used(ledger: BudgetLedger) -> None:
    await ledger.settle(await ledger.reserve(call(WHO), LOCAL), USED)


def _lower(ledger: BudgetLedger) -> None:
    limits = (Limit(period=Period.DAY, tokens=9_000),)
    ledger.budgets.change([Budget(scope=Scope.KEY, name=WHO.key, limits=limits)])


async def test_a_lease_that_ended_unheard_of_gives_back_what_is_free() -> None:
    ledger = BudgetLedger(Config(), store := Granting())
    hold = await ledger.reserve(call(WHO), LOCAL)
    store.over = True
    await ledger.settle(hold, USED)
    await ledger.flush.once()
    assert store.kept == [(50, 50)]
    assert not ledger.flush._leases


async def test_a_lease_goes_back_when_the_limits_change() -> None:
    ledger = BudgetLedger(Config(), store := Granting())
    await _used(ledger)
    await ledger.flush.once()
    _lower(ledger)
    await _used(ledger)
    await ledger.flush.once()
    assert sorted(store.kept) == [(50, 50), (50, 1000)]
    await ledger.flush.stop()
    assert store.kept == [(50, 50), (50, 50)]
    assert not ledger.flush._leases


async def test_one_that_was_asked_for_in_vain_goes_back_at_the_end() -> None:
    """PostgreSQL may have granted it before it went away."""
    ledger = BudgetLedger(Config(), store := Granting())
    granted: list[UUID] = []

    async def grant(asked: Asked) -> Granted:
        granted.append(asked.lease)
        raise Gone("away", asked=True)

    store.grant = grant  # type: ignore[method-assign]
    async with ledger.running():
        with pytest.raises(Away):
            await _used(ledger)
    assert [(each.lease, each.tokens_granted) for each in store.told.values()] == [(granted[0], 0)]
    assert not ledger.flush._leases


async def test_it_does_when_they_change_while_postgresql_is_told() -> None:
    ledger = BudgetLedger(Config(), store := Granting())
    await _used(ledger)
    store.go.clear()
    telling = asyncio.create_task(ledger.flush.once())
    while not store.told:
        await asyncio.sleep(0)
    _lower(ledger)
    using = asyncio.create_task(_used(ledger))
    await asyncio.sleep(0)
    store.go.set()
    await asyncio.gather(telling, using)
    await ledger.flush.stop()
    assert store.kept == [(50, 50), (50, 50)]
    assert not ledger.flush._leases


async def test_it_does_when_they_change_while_postgresql_is_asked() -> None:
    ledger = BudgetLedger(Config(), store := Granting())
    store.go.clear()
    using = asyncio.create_task(_used(ledger))
    await asyncio.sleep(0)
    _lower(ledger)
    again = asyncio.create_task(_used(ledger))
    await asyncio.sleep(0)
    store.go.set()
    await asyncio.gather(using, again)
    await ledger.flush.stop()
    assert all(settled == granted for settled, granted in store.kept)
    assert sum(settled for settled, _ in store.kept) == 100
    assert not ledger.flush._leases


async def test_what_is_settled_meanwhile_is_told_the_next_time() -> None:
    """Else a busy gateway would tell without a pause, and nothing else."""
    ledger = BudgetLedger(Config(), store := Granting())
    asked = 0

    async def settle(told: Sequence[Told]) -> Sequence[Kept]:
        nonlocal asked
        asked += 1
        await _used(ledger)
        return await Granting.settle(store, told)

    store.settle = settle  # type: ignore[method-assign]
    await _used(ledger)
    await ledger.flush.once()
    assert asked == 1
    await ledger.flush.once()
    assert asked == 2
    assert store.kept == [(100, 1000)]
