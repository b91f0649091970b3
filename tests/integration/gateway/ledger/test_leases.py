"""Leases in PostgreSQL: what is leased counts as spent, whatever becomes of who leased it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.store.ledger import LIFE, Asked, Granted, LedgerStore, Row, Told

pytestmark = pytest.mark.slow

NOON = datetime(2026, 1, 30, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> LedgerStore:
    return LedgerStore(database, "one", clock)


def asked(need: int, want: int = 0, cap: int | None = 1000, period: str = "month") -> Asked:
    return Asked(
        lease=uuid4(),
        scope="key",
        name="hello.llm",
        period=period,
        money_cap=cap,
        money_need=need,
        money_want=max(need, want),
        tokens_cap=None,
        tokens_need=0,
        tokens_want=0,
    )


def told(lease: Asked, settled: int, granted: int, overrun: int = 0) -> Told:
    return Told(
        lease=lease.lease,
        money_settled=settled,
        money_granted=granted,
        money_overrun=overrun,
        tokens_settled=0,
        tokens_granted=0,
        tokens_overrun=0,
    )


async def only(store: LedgerStore) -> Row:
    (row,) = await store.standing()
    return row


async def spent(store: LedgerStore) -> tuple[int, int]:
    row = await only(store)
    return row.money_settled, row.money_leased


async def test_replicas_that_ask_at_once_never_get_more_than_there_is(store: LedgerStore) -> None:
    granted = await asyncio.gather(*(store.grant(asked(90, 300)) for _ in range(30)))
    sums = sum(each.money or 0 for each in granted)
    assert 900 < sums <= 1000
    assert await spent(store) == (0, sums)


async def test_asked_again_after_a_lost_answer_is_granted_once(store: LedgerStore) -> None:
    lease = asked(100)
    first, second = [await store.grant(lease) for _ in range(2)]
    assert first.money == second.money == 100
    assert await spent(store) == (0, 100)


async def test_a_large_lease_leaves_something_for_others(store: LedgerStore) -> None:
    first = await store.grant(asked(10, 5000))
    assert first.money == 250


async def test_told_twice_late_and_out_of_order_is_counted_once(store: LedgerStore) -> None:
    lease = asked(100)
    await store.grant(lease)
    for each in (told(lease, 30, 80), told(lease, 10, 100), told(lease, 30, 80, overrun=7)):
        await store.settle([each])
        await store.settle([each])
    assert await spent(store) == (30, 50)
    assert (await only(store)).money_overrun == 7
    await store.settle([told(lease, 40, 40)])
    assert await store.settle([told(lease, 40, 40)]) == []
    assert await spent(store) == (40, 0)


async def test_what_upstreams_charged_beyond_all_leases_is_spent_too(store: LedgerStore) -> None:
    lease = asked(100)
    await store.grant(lease)
    (kept,) = await store.settle([told(lease, 100, 100, overrun=850)])
    assert (kept.standing.money_spent, kept.standing.money_leased) == (950, 0)
    refused = await store.grant(asked(51))
    assert (refused.money, refused.standing.money_spent) == (None, 950)
    assert (await store.grant(asked(50))).money == 50


async def test_no_replica_settles_more_than_it_was_granted(store: LedgerStore) -> None:
    lease = asked(100)
    await store.grant(lease)
    await store.settle([told(lease, 10**9, 10**9)])
    assert await spent(store) == (100, 0)


async def test_a_dead_replicas_lease_is_charged_whole_and_corrected_when_it_was_not_dead(
    store: LedgerStore, clock: Clock
) -> None:
    lease = asked(400)
    await store.grant(lease)
    await store.settle([told(lease, 100, 400)])
    clock.now += timedelta(seconds=LIFE + 1)
    await store.grant(asked(500))
    assert await spent(store) == (400, 500)
    (kept,) = await store.settle([told(lease, 150, 200)])
    assert not kept.open
    assert await spent(store) == (200, 500)
    await store.settle([told(lease, 150, 300)])
    assert await spent(store) == (200, 500)
    await store.settle([told(lease, 180, 180)])
    assert await spent(store) == (180, 500)


async def test_a_replica_that_speaks_keeps_its_lease(store: LedgerStore, clock: Clock) -> None:
    lease = asked(400)
    await store.grant(lease)
    for _ in range(3):
        clock.now += timedelta(seconds=LIFE - 1)
        (kept,) = await store.settle([told(lease, 0, 400)])
        assert (kept.open, kept.seconds) == (True, LIFE)
    await store.sweep()
    assert await spent(store) == (0, 400)


async def test_a_lease_ends_with_its_month_and_the_next_one_begins_with_nothing_spent(
    store: LedgerStore, clock: Clock
) -> None:
    clock.now = datetime(2026, 1, 31, 23, 59, 50, tzinfo=UTC)
    old = asked(1000)
    assert (await store.grant(old)).seconds == 10
    await store.settle([told(old, 100, 1000)])
    clock.now += timedelta(seconds=11)
    granted = await store.grant(asked(1000))
    assert (granted.money, granted.seconds) == (1000, LIFE)
    assert await spent(store) == (0, 1000)
    clock.now -= timedelta(seconds=11)  # and what came too late still lies in its own month
    assert await spent(store) == (100, 900)
    clock.now += timedelta(seconds=11)
    await store.sweep()
    await store.settle([told(old, 300, 300)])
    clock.now -= timedelta(seconds=11)
    assert await spent(store) == (300, 0)


async def test_a_day_is_one_of_utc(store: LedgerStore) -> None:
    await store.grant(asked(1, period="day"))
    row = await only(store)
    assert (row.starts, row.ends) == (
        datetime(2026, 1, 30, tzinfo=UTC),
        datetime(2026, 1, 31, tzinfo=UTC),
    )


async def test_a_cap_that_is_lowered_beneath_what_is_spent_grants_nothing_more(
    store: LedgerStore,
) -> None:
    lease = asked(600)
    await store.grant(lease)
    assert (await store.grant(replace(asked(1), money_cap=500))).money is None
    await store.settle([told(lease, 100, 100)])
    granted = await store.grant(replace(asked(400), money_cap=500))
    assert (granted.money, (await only(store)).money_cap) == (400, 500)


async def test_what_has_no_cap_is_counted(store: LedgerStore) -> None:
    granted: Granted = await store.grant(asked(10**15, cap=None))
    assert granted.money == 10**15
    assert await spent(store) == (0, 10**15)


async def test_what_is_long_over_is_forgotten(store: LedgerStore, clock: Clock) -> None:
    await store.grant(asked(1))
    clock.now += timedelta(days=500)
    await store.sweep()
    clock.now = NOON
    assert await store.standing() == []
