"""Deadlines with one timer for all: each comes at its own time, to its own task alone."""

from __future__ import annotations

import asyncio
import math

import pytest

from rackhouse.services.gateway.service.flow.deadline import Deadlines


def soon(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


async def within(deadlines: Deadlines, seconds: float, takes: float) -> str:
    try:
        with deadlines.until(soon(seconds)):
            await asyncio.sleep(takes)
    except TimeoutError:
        return "late"
    return "in time"


async def test_each_comes_at_its_own_time() -> None:
    deadlines = Deadlines()
    asked = [(30, 0.05), (0.1, 5), (30, 0.2), (0.02, 5), (-1, 5), (30, 0.01)]
    begun = soon(0)
    found = await asyncio.gather(*(within(deadlines, *each) for each in asked))
    assert found == ["in time", "late", "in time", "late", "late", "in time"]
    assert 0.2 <= soon(0) - begun < 2


async def test_a_timer_for_one_that_was_met_ends_nobody_else() -> None:
    deadlines = Deadlines()
    first, longer = within(deadlines, 0.05, 0.01), within(deadlines, 0.3, 5)
    assert await asyncio.gather(first, longer) == ["in time", "late"]


async def test_whoever_is_cancelled_by_another_is_not_late() -> None:
    deadlines = Deadlines()
    task = asyncio.create_task(within(deadlines, 30, 30))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_whoever_is_cancelled_at_the_same_moment_is_cancelled() -> None:
    deadlines = Deadlines()
    task = asyncio.create_task(within(deadlines, 0.0, 30))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_late_goes_on_uncancelled() -> None:
    assert await within(Deadlines(), 0.01, 5) == "late"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_goes_wrong_within_is_told_as_it_is() -> None:
    with pytest.raises(KeyError), Deadlines().until(soon(30)):
        raise KeyError


async def test_a_timer_that_nobody_waits_for_is_the_last() -> None:
    deadlines = Deadlines()
    assert await within(deadlines, 0.05, 0) == "in time"
    await asyncio.sleep(0.1)
    assert deadlines._due == math.inf
    assert not deadlines._open
    assert await within(deadlines, 0.05, 5) == "late"
