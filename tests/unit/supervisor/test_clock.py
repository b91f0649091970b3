"""The fake clock wakes sleepers in order, each at its moment."""

from __future__ import annotations

import asyncio
import time

from rackhouse.supervisor.clock import FakeClock, MachineClock, within


async def test_sleepers_wake_in_order_and_may_sleep_again(clock: FakeClock) -> None:
    began, seen = clock.steady(), []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            seen.append((name, clock.steady() - began))

    tasks = [asyncio.create_task(sleeper("a", 3, 2)), asyncio.create_task(sleeper("b", 1, 3))]
    await clock.advance(4.5)
    assert seen == [("b", 1), ("a", 3), ("b", 4)]
    await clock.advance(1)
    assert seen[3:] == [("a", 5)]
    assert clock.steady() - began == 5.5
    await asyncio.gather(*tasks)


async def test_a_jump_moves_the_wall_alone(clock: FakeClock) -> None:
    now, steady = clock.now(), clock.steady()
    clock.jump(-3600)
    assert (clock.now() - now, clock.steady() - steady) == (-3600, 0)


async def test_within_says_which_came_first(clock: FakeClock) -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(within(clock, event.wait(), 5))
    await clock.advance(4)
    event.set()
    assert await waiting
    waiting = asyncio.create_task(within(clock, asyncio.Event().wait(), 5))
    await clock.advance(5)
    assert not await waiting


async def test_the_machine_has_a_clock_too() -> None:
    clock = MachineClock()
    began = clock.steady()
    await clock.sleep(0.02)
    assert 0.02 <= clock.steady() - began < 5
    assert abs(clock.now() - time.time()) < 5
