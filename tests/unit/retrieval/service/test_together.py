"""What waits is worked on together: each is answered with its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from rackhouse.services.retrieval.service.together import Together


class Bench:
    """Doubles numbers; waits before the first turn until it may go."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.may = threading.Event()

    def work(self, jobs: Sequence[int]) -> Iterator[int]:
        self.turns.append([*jobs])
        self.may.wait(10)
        for each in jobs:
            if each < 0:
                raise ValueError("below nothing")
            yield 2 * each


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


async def test_what_comes_while_one_is_worked_on_goes_together(
    threads: ThreadPoolExecutor,
) -> None:
    bench = Bench()
    together: Together[int, int] = Together(bench.work, threads, turns=1)
    asked = [asyncio.create_task(together.done(0))]
    while not bench.turns:
        await asyncio.sleep(0.001)
    asked += [asyncio.create_task(together.done(each)) for each in range(1, 12)]
    await asyncio.sleep(0.01)
    asked[3].cancel()
    bench.may.set()
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(found.pop(3), asyncio.CancelledError)
    assert found == [2 * each for each in range(12) if each != 3]
    assert bench.turns == [[0], [1, 2, 4, 5, 6, 7, 8, 9], [10, 11]]


async def test_a_failure_is_told_to_who_waits_and_the_next_are_answered(
    threads: ThreadPoolExecutor,
) -> None:
    bench = Bench()
    bench.may.set()
    together: Together[int, int] = Together(bench.work, threads, turns=2)
    for _ in range(3):
        with pytest.raises(ValueError, match="below nothing"):
            await together.done(-1)
    assert await asyncio.gather(*map(together.done, range(40))) == [2 * it for it in range(40)]
