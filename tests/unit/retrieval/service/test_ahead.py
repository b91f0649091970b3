"""What is worked at ahead of its turn comes in its turn, and nothing of it is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from rackhouse.services.retrieval.service.ahead import ahead


class Work:
    """Says what it began, and what was given up; each waits until it may end."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.given_up: list[int] = []
        self.may = {number: asyncio.Event() for number in range(10)}

    async def __call__(self, number: int) -> str:
        self.begun.append(number)
        try:
            await self.may[number].wait()
        except asyncio.CancelledError:
            self.given_up.append(number)
            raise
        if number == 3:
            raise ValueError("three")
        return str(number)


async def _numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        yield number


async def test_the_next_is_worked_at_while_one_is_looked_at() -> None:
    work = Work()
    work.may[0].set()
    async with aclosing(ahead(_numbers(9), work)) as found:
        assert await anext(found) == (0, "0")
        assert work.begun == [0, 1]
        work.may[1].set()
        assert await anext(found) == (1, "1")
        assert work.begun == [0, 1, 2]
    assert work.given_up == [2]


async def test_all_come_in_their_order() -> None:
    work = Work()
    for may in reversed(work.may.values()):
        may.set()
    found = [it async for it in ahead(_numbers(3), work)]
    assert found == [(0, "0"), (1, "1"), (2, "2")]
    assert [it async for it in ahead(_numbers(1), work)] == [(0, "0")]
    assert [it async for it in ahead(_numbers(0), work)] == []


async def test_what_goes_wrong_comes_in_its_turn_and_ends_the_rest() -> None:
    work = Work()
    for may in work.may.values():
        may.set()
    async with aclosing(ahead(_numbers(9), work)) as found:
        assert [await anext(found) for _ in range(3)] == [(0, "0"), (1, "1"), (2, "2")]
        with pytest.raises(ValueError, match="three"):
            await anext(found)
        assert [it async for it in found] == []
    assert 5 not in work.begun


async def test_who_stops_waiting_gives_up_what_was_waited_for() -> None:
    work = Work()

    async def waits() -> None:
        async with aclosing(ahead(_numbers(9), work)) as found:
            await anext(found)

    waiting = asyncio.create_task(waits())
    while len(work.begun) < 2:
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.given_up == [0, 1]
