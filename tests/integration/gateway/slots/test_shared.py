"""Turns that replicas share, over a real Valkey."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from fakes.models.waiting import until_soon
from fakes.stores import Store, valkey
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.service.slots.shared import SharedTurns
from rackhouse.services.gateway.store.answers import connected
from rackhouse.services.gateway.store.slots import SlotLeases

pytestmark = pytest.mark.slow

CALL = Call(id="1", caller=Caller(key="k"), task=Task.CHAT, model="m", payload={})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("slots")
    with valkey(folder) as store:
        yield store


def gpu(name: str, slots: int = 2) -> Upstream:
    return Upstream(name=name, kind=Kind.OLLAMA, model="m", slots=slots, queue=1000)


@asynccontextmanager
async def replica(server: Store, name: str, lasts: float = 10.0) -> AsyncIterator[SharedTurns]:
    async with connected(server.url) as redis:
        turns = SharedTurns(SlotLeases(redis, "test:", name, lasts))
        async with turns.running():
            yield turns


@pytest.mark.parametrize("slots", [1, 2, 5])
async def test_three_replicas_together_have_no_more_turns_than_slots(
    server: Store, slots: int
) -> None:
    upstream, active, most = gpu(f"three-{slots}", slots), 0, 0
    served = dict.fromkeys("abc", 0)

    async def one(turns: SharedTurns, name: str) -> None:
        nonlocal active, most
        turn = await turns.turn(upstream, CALL)
        active += 1
        most = max(most, active)
        await asyncio.sleep(0.001)
        active -= 1
        served[name] += 1
        turn.end()

    async with AsyncExitStack() as stack:
        replicas = {n: await stack.enter_async_context(replica(server, n)) for n in "abc"}
        asks = [one(turns, name) for _ in range(30) for name, turns in replicas.items()]
        async with asyncio.timeout(60):
            await asyncio.gather(*asks)
    assert served == {"a": 30, "b": 30, "c": 30}
    assert most <= slots


async def test_who_has_all_leaves_some_to_who_has_none(server: Store) -> None:
    upstream = gpu("leaves", 2)
    async with replica(server, "a") as first, replica(server, "b") as second:
        held = [await first.turn(upstream, CALL) for _ in range(2)]
        queued = [asyncio.create_task(first.turn(upstream, CALL)) for _ in range(5)]
        other = asyncio.create_task(second.turn(upstream, CALL))
        await until_soon(lambda: second.busy(upstream) == (0, 1))
        await until_soon(lambda: first.lines[upstream.name].slots == 1)  # it has heard of that
        assert not other.done()
        held[0].end()
        await until_soon(other.done)
        assert sum(each.done() for each in queued) <= 1
        for each in queued:
            each.cancel()


async def test_the_turns_of_a_replica_that_died_come_back(server: Store) -> None:
    upstream = gpu("died", 1)
    async with connected(server.url) as redis, replica(server, "b", lasts=0.5) as second:
        dead = SlotLeases(redis, "test:", "a", lasts=0.5)
        assert await dead.take(upstream.name, 1, 1, 1) == 1
        async with asyncio.timeout(20):
            await second.turn(upstream, CALL)


async def test_without_a_server_each_counts_for_itself(tmp_path: Path) -> None:
    upstream = gpu(f"alone-{os.getpid()}", 2)
    with valkey(tmp_path) as store:
        async with replica(store, "a") as first:
            store.kill()
            async with asyncio.timeout(20):
                turns = [await first.turn(upstream, CALL) for _ in range(2)]
            assert first.busy(upstream) == (2, 0)
            third = asyncio.create_task(first.turn(upstream, CALL))
            await until_soon(lambda: first.busy(upstream) == (2, 1))
            turns[0].end()
            async with asyncio.timeout(20):
                await third
