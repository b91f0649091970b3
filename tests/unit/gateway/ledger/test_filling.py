"""The next lease of a busy budget is asked for while the last one lasts: nobody waits for it, and
nothing of either is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from fakes.models.calls import call, caller
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import Config, Kind, Limit, Period, Upstream
from rackhouse.services.gateway.service.ledger.leases import NoLeases
from rackhouse.services.gateway.service.ledger.ledger import BudgetLedger
from rackhouse.services.gateway.service.seams import Hold
from rackhouse.services.gateway.store.ledger import Asked, Granted, Kept, Standing, Told

LOCAL = Upstream(name="own", kind=Kind.OLLAMA, model="m", local=True)
WHO = caller("hello.llm", Limit(period=Period.DAY, tokens=10**9))
_NOTHING = Standing(0, 0, 0, 0)


class Slow(NoLeases):
    """A PostgreSQL that grants `size` tokens, or what is `left`, when it is let `go`."""

    def __init__(self, size: int, left: int = 10**9) -> None:
        self.size, self.left = size, left
        self.granted: dict[UUID, int] = {}
        self.told: dict[UUID, Told] = {}
        self.asked = 0
        self.go = asyncio.Event()
        self.go.set()

    async def grant(self, asked: Asked) -> Granted:
        self.asked += 1
        await self.go.wait()
        tokens = min(max(self.size, asked.tokens_need), self.left)
        if tokens < asked.tokens_need:
            return Granted(None, None, 60.0, 0.0, _NOTHING)
        self.left -= tokens
        self.granted[asked.lease] = tokens
        return Granted(0, tokens, 60.0, 0.0, _NOTHING)

    async def settle(self, told: Sequence[Told]) -> Sequence[Kept]:
        for each in told:
            self.left += self.granted[each.lease] - each.tokens_granted
            self.granted[each.lease] = each.tokens_granted
            self.told[each.lease] = each
        await asyncio.sleep(0)
        return [Kept(each.lease, True, 60.0, _NOTHING) for each in told]


async def _turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def _needs() -> int:
    return (await BudgetLedger(Config(), Slow(10**6)).reserve(call(WHO), LOCAL)).tokens


async def test_nobody_waits_for_the_next_one() -> None:
    need = await _needs()
    ledger = BudgetLedger(Config(), store := Slow(need * 20))
    holds = [await ledger.reserve(call(WHO), LOCAL) for _ in range(15)]
    store.go.clear()
    holds += [await ledger.reserve(call(WHO), LOCAL) for _ in range(5)]
    await _turns()
    assert store.asked == 2
    store.go.set()
    await _turns()
    holds += [await ledger.reserve(call(WHO), LOCAL) for _ in range(5)]
    assert store.asked == 2
    assert sorted(store.granted.values()) == [need * 20, need * 20]
    for hold in holds:
        await ledger.settle(hold, Usage(input=1, output=0, known=True))
    await ledger.flush.stop()
    assert sum(each.tokens_settled for each in store.told.values()) == 25
    assert store.left == 10**9 - 25


async def test_where_there_is_none_the_last_one_lasts() -> None:
    need = await _needs()
    ledger = BudgetLedger(Config(), store := Slow(need * 20, left=need * 20))
    for _ in range(20):
        await ledger.reserve(call(WHO), LOCAL)
        await _turns()
    assert store.asked > 1  # and was refused
    assert store.left == 0


async def test_one_that_is_under_way_at_the_end_goes_back() -> None:
    need = await _needs()
    ledger = BudgetLedger(Config(), store := Slow(need * 20))
    async with ledger.running():
        for _ in range(19):
            hold = await ledger.reserve(call(WHO), LOCAL)
            store.go.clear()
        await ledger.release(hold)
        asyncio.get_running_loop().call_later(0.05, store.go.set)
    assert store.asked == 2
    assert store.left == 10**9 - 18 * need  # what nobody has settled
    assert not any(each.open for each, _ in ledger.flush._leases.values())


async def test_where_few_ask_there_is_one_at_a_time() -> None:
    need = await _needs()
    ledger = BudgetLedger(Config(), store := Slow(need))
    for _ in range(5):
        await ledger.release(await ledger.reserve(call(WHO), LOCAL))
        await _turns()
    assert store.asked == 1


@given(st.lists(st.sampled_from(["ask", "settle", "release", "turn", "stop", "go"]), max_size=60))
def test_no_token_is_lost_and_none_is_spent_twice(steps: list[str]) -> None:
    async def play() -> None:
        need = await _needs()
        cap = need * 30
        ledger = BudgetLedger(Config(), store := Slow(need * 10, left=cap))
        asking: list[asyncio.Task[Hold]] = []
        used = 0
        for step in steps * 3:
            done = [each for each in asking if each.done()]
            if step == "ask" and len(asking) < 25:
                asking.append(asyncio.create_task(ledger.reserve(call(WHO), LOCAL)))
            elif step == "settle" and done:
                asking.remove(done[0])
                await ledger.settle(done[0].result(), Usage(input=3, output=0, known=True))
                used += 3
            elif step == "release" and done:
                asking.remove(done[0])
                await ledger.release(done[0].result())
            elif step == "stop":
                store.go.clear()
            elif step == "go":
                store.go.set()
            await _turns()
            assert sum(store.granted.values()) + store.left == cap
        store.go.set()
        for each in asking:
            await ledger.release(await each)
        await ledger._filling.stop()
        await ledger.flush.stop()
        assert store.left == cap - used
        assert sum(each.tokens_settled for each in store.told.values()) == used

    asyncio.run(play())
