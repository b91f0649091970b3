"""Leases in PostgreSQL for orders of things that nobody thought of: grants, words that come late,
twice or never, clocks that go on, replicas that die, caps that change.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from integration.gateway.ledger.test_leases import asked, told
from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.service.ledger.lease import Lease
from rackhouse.services.gateway.store.ledger import Asked, LedgerStore, Told

pytestmark = pytest.mark.slow

CAP = 1000
STEPS = 250


@dataclass
class World:
    """What replicas hold, as they know it; and words of theirs that may come again at any time."""

    store: LedgerStore
    chance: random.Random
    now: datetime = datetime(2026, 3, 10, tzinfo=UTC)
    held: dict[Asked, Lease] = field(default_factory=dict)
    set_aside: dict[Asked, list[int]] = field(default_factory=dict)
    words: list[Told] = field(default_factory=list)

    async def grant(self) -> None:
        need = self.chance.randint(0, 200)
        wish = asked(need, need + self.chance.randint(0, 300), CAP)
        for _ in range(self.chance.randint(1, 2)):  # the answer to the first was lost
            granted = await self.store.grant(wish)
        if granted.money is not None:
            assert granted.money >= need
            self.held[wish] = Lease(wish.lease, granted.money, 1 << 62, 0.0)
            self.set_aside[wish] = []

    async def reserve(self) -> None:
        wish = self.chance.choice(list(self.held))
        money = self.chance.randint(0, 60)
        if self.held[wish].fits(money, 0):
            self.held[wish].take(money, 0)
            self.set_aside[wish].append(money)

    async def settle(self) -> None:
        wish = self.chance.choice(list(self.held))
        if out := self.set_aside[wish]:
            money = out.pop(self.chance.randrange(len(out)))
            self.held[wish].settle(money, 0, self.chance.randint(0, money + 5), 0)

    async def close(self) -> None:
        self.held[self.chance.choice(list(self.held))].close()

    async def tell(self) -> None:
        wish = self.chance.choice(list(self.held))
        lease = self.held[wish]
        word = told(wish, lease.money.settled, lease.money.granted)
        self.words.append(word)
        if self.chance.random() < 0.7:
            for kept in await self.store.settle([word]):
                if not kept.open:
                    lease.close()
            if lease.done and word == told(wish, lease.money.settled, lease.money.granted):
                del self.held[wish]

    async def tell_again(self) -> None:
        if self.words:
            await self.store.settle(self.chance.choices(self.words, k=self.chance.randint(1, 3)))

    async def wait(self) -> None:
        self.now += timedelta(seconds=self.chance.choice((1, 10, 59, 61)))

    async def sweep(self) -> None:
        await self.store.sweep()

    async def check(self) -> None:
        for row in await self.store.standing():
            assert row.money_settled + row.money_leased <= CAP
            # What replicas may still charge is counted, whatever was swept or said.
            known = sum(each.money.settled + each.money.reserved for each in self.held.values())
            assert known <= row.money_settled + row.money_leased


@pytest.mark.parametrize("seed", range(5))
async def test_the_cap_holds_and_every_nano_is_counted_once(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    world = World(LedgerStore(database, "one", lambda: world.now), chance)
    steps = [
        *(world.grant, world.reserve, world.reserve, world.reserve, world.settle, world.settle),
        *(world.tell, world.tell_again, world.close, world.wait, world.sweep),
    ]
    final: dict[Asked, int] = {}
    for _ in range(STEPS):
        step = chance.choice(steps)
        before = dict(world.held)
        if world.held or step in (world.grant, world.wait, world.sweep, world.tell_again):
            await step()
        final |= {w: before[w].money.settled for w in before if w not in world.held}
        await world.check()
    # Some replicas die now; the others end well, and all leases of the dead are over.
    dead = {wish for wish in world.held if chance.random() < 0.5}
    for wish, lease in world.held.items():
        if wish not in dead:
            for money in world.set_aside[wish]:
                lease.settle(money, 0, money, 0)
            lease.close()
            await world.store.settle([told(wish, lease.money.settled, lease.money.granted)])
            final[wish] = lease.money.settled
    world.now += timedelta(seconds=100)
    await world.store.sweep()
    rows = await database.rows(
        "SELECT coalesce(sum(money_granted), 0)::bigint FROM gateway_leases WHERE charged"
    )
    (row,) = await world.store.standing()
    assert (row.money_settled, row.money_leased) == (sum(final.values()) + rows[0][0], 0)
    assert row.money_settled <= CAP
