"""Nothing that is free stays set aside: leases that nobody takes from any more are told of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from fakes.models.calls import call, caller
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import Config, Kind, Limit, Period, Upstream
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


async def test_a_lease_that_ended_unheard_of_gives_back_what_is_free() -> None:
    ledger = BudgetLedger(Config(), store := Granting())
    hold = await ledger.reserve(call(WHO), LOCAL)
    store.over = True
    await ledger.settle(hold, USED)
    await ledger.flush.once()
    assert store.kept == [(50, 50)]
    assert not ledger.flush._leases
