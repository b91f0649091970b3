"""What goes on beside something ends with it, whatever happens."""

from __future__ import annotations

import asyncio

import pytest

from rackhouse.kit.beside import beside


async def test_it_goes_on_meanwhile_and_is_waited_for_at_the_end() -> None:
    told = []

    async def work() -> None:
        try:
            told.append("begun")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            told.append("tidied")

    async with beside(work()):
        await asyncio.sleep(0)
        assert told == ["begun"]
    assert told == ["begun", "tidied"]


async def test_it_ends_where_what_it_stands_beside_fails() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def fails() -> None:
        async with beside(work()):
            await asyncio.sleep(0)
            raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        await fails()
    assert ended.is_set()


async def test_what_it_raises_is_passed_over() -> None:
    async def work() -> None:
        raise ValueError("its own")

    async with beside(work()):
        await asyncio.sleep(0)
