"""What is asked for at once is done together, in order; what fails, fails for all who asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from rackhouse.targets.switch.moment import Moment


async def test_together_while_it_waits_for_its_turn() -> None:
    batches: list[Sequence[int]] = []
    may = asyncio.Event()

    async def do(asked: Sequence[int]) -> Sequence[int]:
        batches.append(asked)
        await may.wait()
        return [2 * each for each in asked]

    moment = Moment(do)
    first = [asyncio.ensure_future(moment.ask(number)) for number in (1, 2)]
    await asyncio.sleep(0.01)
    second = [asyncio.ensure_future(moment.ask(number)) for number in (3, 4, 5)]
    await asyncio.sleep(0.01)
    may.set()
    assert await asyncio.gather(*first, *second) == [2, 4, 6, 8, 10]
    assert batches == [[1, 2], [3, 4, 5]]


async def test_an_error_is_everybodys_and_the_next_goes_on() -> None:
    async def do(asked: Sequence[int]) -> Sequence[int]:
        if 0 in asked:
            raise ValueError("nothing")
        return asked

    moment = Moment(do)
    ends = await asyncio.gather(moment.ask(0), moment.ask(1), return_exceptions=True)
    assert [type(end) for end in ends] == [ValueError, ValueError]
    assert await moment.ask(2) == 2


async def test_closed_nobody_waits_for_ever() -> None:
    async def do(_: Sequence[int]) -> Sequence[int]:
        await asyncio.Event().wait()
        return []

    moment = Moment(do)
    asked = asyncio.ensure_future(moment.ask(1))
    await asyncio.sleep(0.01)
    await moment.close()
    with pytest.raises(asyncio.CancelledError):
        await asked
