"""Turns within one process: never more at once than slots, and no turn is lost."""

from __future__ import annotations

import asyncio
import random

import pytest

from fakes.models.waiting import until_soon
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.model.problem import TooMany
from rackhouse.services.gateway.service.slots.shared import SharedTurns
from rackhouse.services.gateway.service.slots.turns import Turns


def gpu(slots: int = 2, queue: int = 64) -> Upstream:
    return Upstream(name="gpu", kind=Kind.OLLAMA, model="m", slots=slots, queue=queue)


def call(application: str = "a") -> Call:
    caller = Caller(key="k", application=application)
    return Call(id="1", caller=caller, task=Task.CHAT, model="m", payload={})


async def test_no_more_at_once_than_slots_and_the_next_one_follows() -> None:
    turns, upstream = Turns(), gpu(slots=1)
    first = await turns.turn(upstream, call())
    second = asyncio.create_task(turns.turn(upstream, call()))
    await until_soon(lambda: turns.busy(upstream) == (1, 1))
    first.end()
    first.end()  # twice is as good as once
    assert (await second).waited > 0
    assert turns.busy(upstream) == (1, 0)


async def test_without_slots_as_many_as_come() -> None:
    turns, upstream = Turns(), gpu(slots=0)
    assert {(await turns.turn(upstream, call())).waited for _ in range(100)} == {0.0}


async def test_a_full_queue_is_said_and_when_to_come_again() -> None:
    turns, upstream = Turns(), gpu(slots=1, queue=1)
    await turns.turn(upstream, call())
    waiting = asyncio.create_task(turns.turn(upstream, call()))
    await until_soon(lambda: turns.busy(upstream) == (1, 1))
    with pytest.raises(TooMany) as problem:
        await turns.turn(upstream, call())
    assert problem.value.retry_after >= 1
    waiting.cancel()


async def test_whoever_goes_away_leaves_no_hole() -> None:
    """At any moment: while waiting, and in the very moment of being called."""
    turns, upstream, chance = Turns(), gpu(slots=3), random.Random(3)
    most = 0

    async def one(number: int) -> None:
        nonlocal most
        turn = await turns.turn(upstream, call(f"application {number % 5}"))
        try:
            most = max(most, turns.busy(upstream)[0])
            await asyncio.sleep(0)
        finally:
            turn.end()

    tasks = [asyncio.create_task(one(number)) for number in range(60)]
    for _ in range(40):
        await asyncio.sleep(0)
        chance.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (turns.busy(upstream), most) == ((0, 0), 3)
    assert (await turns.turn(upstream, call())).waited == 0


async def test_the_wait_is_expected_by_what_turns_took() -> None:
    turns, upstream = Turns(), gpu(slots=1)
    assert turns.expected(upstream) == 0
    turn = await turns.turn(upstream, call())
    await asyncio.sleep(0.02)
    turn.end()
    turn = await turns.turn(upstream, call())
    one = turns.expected(upstream)
    waiting = [asyncio.create_task(turns.turn(upstream, call())) for _ in range(3)]
    await until_soon(lambda: turns.busy(upstream) == (1, 3))
    assert turns.expected(upstream) == pytest.approx(4 * one)
    for each in waiting:
        each.cancel()


class Faulty:
    """Leases with a fault of their own, which is no outage of Redis."""

    async def take(self, name: str, slots: int, active: int, wanted: int) -> int | None:
        raise RuntimeError(name)


async def test_a_fault_in_sharing_leaves_nobody_waiting() -> None:
    turns, upstream = SharedTurns(Faulty()), gpu(slots=1)
    async with turns.running(), asyncio.timeout(20):
        for _ in range(3):
            (await turns.turn(upstream, call())).end()
