"""Requests are computed together, take turns, and each gets its own rows."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
import pytest

from rackhouse.services.gateway.worker.desk import Desk
from rackhouse.services.gateway.worker.embedder import Vectors


class Computer:
    """Vectors that tell which text they are of. Waits for `go` before each batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = threading.Event()
        self.breaks = False

    def vectors(self, texts: Sequence[list[int]]) -> Vectors:
        self.batches.append([text[0] for text in texts])
        assert self.go.wait(20)
        if self.breaks:
            raise MemoryError
        return np.array([[text[0]] for text in texts], np.float32)


@asynccontextmanager
async def working(computer: Computer, hands: int = 1) -> AsyncIterator[Desk]:
    desk = Desk(computer.vectors, hands)
    work = asyncio.create_task(desk.work())
    try:
        yield desk
    finally:
        computer.go.set()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def _begun(computer: Computer, batches: int) -> None:
    async with asyncio.timeout(20):
        while len(computer.batches) < batches:
            await asyncio.sleep(0)


def _texts(first: int, count: int) -> list[list[int]]:
    return [[number] for number in range(first, first + count)]


async def test_what_comes_while_it_computes_is_computed_together() -> None:
    computer = Computer()
    async with working(computer) as desk:
        first = asyncio.create_task(desk.vectors(_texts(0, 1)))
        await _begun(computer, 1)
        others = [asyncio.create_task(desk.vectors(_texts(10 * n, 2))) for n in (1, 2)]
        await asyncio.sleep(0)
        computer.go.set()
        await asyncio.gather(first, *others)
    assert computer.batches == [[0], [10, 11, 20, 21]]


async def test_one_question_does_not_wait_for_a_whole_book() -> None:
    computer = Computer()
    async with working(computer) as desk:
        book = asyncio.create_task(desk.vectors(_texts(1000, 500)))
        await _begun(computer, 1)
        question = asyncio.create_task(desk.vectors(_texts(1, 1)))
        await asyncio.sleep(0)
        computer.go.set()
        rows = await question
        assert not book.done()
        assert np.array(rows).tolist() == [[1]]
        whole = np.array(await book)
    assert whole[:, 0].tolist() == list(range(1000, 1500))
    assert 1 in computer.batches[1] + computer.batches[2]


async def test_what_goes_wrong_is_told_to_those_who_wait_and_to_nobody_else() -> None:
    computer = Computer()
    computer.go.set()
    async with working(computer) as desk:
        computer.breaks = True
        with pytest.raises(MemoryError):
            await desk.vectors(_texts(0, 100))
        computer.breaks = False
        assert np.array(await desk.vectors(_texts(5, 1))).tolist() == [[5]]


async def test_nothing_is_computed_for_who_has_left() -> None:
    computer = Computer()
    async with working(computer) as desk:
        first = asyncio.create_task(desk.vectors(_texts(0, 1)))
        await _begun(computer, 1)
        gone = asyncio.create_task(desk.vectors(_texts(10, 1)))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        computer.go.set()
        await first
        await desk.vectors(_texts(20, 1))
    assert computer.batches == [[0], [20]]


async def test_each_hand_has_a_batch_of_its_own() -> None:
    computer = Computer()
    async with working(computer, hands=2) as desk:
        book = asyncio.create_task(desk.vectors(_texts(0, 200)))
        await _begun(computer, 2)
        assert len(computer.batches) == 2
        computer.go.set()
        rows = await book
    assert [int(row[0]) for row in rows] == list(range(200))
    assert sorted(each for batch in computer.batches for each in batch) == list(range(200))


async def test_texts_of_like_length_are_computed_together_and_come_in_their_order() -> None:
    computer = Computer()
    computer.go.set()
    texts = [[number] * (3 if number % 2 else 90) for number in range(6)]
    async with working(computer) as desk:
        rows = await desk.vectors(texts)
    assert [int(row[0]) for row in rows] == list(range(6))
    assert computer.batches == [[1, 3, 5], [0, 2], [4]]
