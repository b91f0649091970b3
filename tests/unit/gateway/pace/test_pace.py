"""A crowd that comes at once is let in a few at a time, in its order."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.api.pace import _AT_ONCE, Pace


@given(st.lists(st.integers(0, 3), max_size=60))
def test_few_begin_in_one_turn_and_nobody_is_passed(waits: list[int]) -> None:
    turns: dict[int, int] = {}
    order: list[int] = []

    async def play() -> None:
        pace, turn, all_in = Pace(), 0, asyncio.Event()

        async def come(number: int, after: int) -> None:
            for _ in range(after):
                await asyncio.sleep(0)
            await pace.turn()
            turns[turn] = turns.get(turn, 0) + 1
            order.append(number)

        async def count() -> None:
            nonlocal turn
            while not all_in.is_set():
                await asyncio.sleep(0)
                turn += 1

        counting = asyncio.create_task(count())
        async with asyncio.timeout(10):
            await asyncio.gather(*(come(at, after) for at, after in enumerate(waits)))
        all_in.set()
        await counting

    asyncio.run(play())
    # A turn of the loop as the pace sees it may begin in the midst of one that is counted here.
    assert all(many <= 2 * _AT_ONCE for many in turns.values())
    assert sorted(order) == list(range(len(waits)))


async def test_whoever_comes_first_begins_first() -> None:
    pace, order = Pace(), list[int]()

    async def come(number: int) -> None:
        await pace.turn()
        order.append(number)

    await asyncio.gather(*(come(number) for number in range(100)))
    assert order == list(range(100))


async def test_what_is_under_way_goes_before() -> None:
    pace, pieces = Pace(), 0

    async def stream() -> None:
        nonlocal pieces
        while True:
            pieces += 1
            await asyncio.sleep(0)

    streaming = asyncio.create_task(stream())
    await asyncio.gather(*(pace.turn() for _ in range(10 * _AT_ONCE)))
    streaming.cancel()
    assert pieces >= 9
