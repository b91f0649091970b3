"""Another file of models, and no stores: those who are still answered count in the new gateway."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from fakes.models.calls import call, caller
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.model.config import Config, Kind, Upstream
from rackhouse.services.gateway.model.problem import TooMany

GPU = Upstream(
    name="gpu", kind=Kind.COMPATIBLE, url="http://127.0.0.1:1", model="m", local=True, slots=1
)
WHO = caller("hello.llm")


async def test_turns_and_rates_go_on() -> None:
    kept = wiring.Kept()
    old, new = Config(upstreams=(GPU,)), Config(upstreams=(GPU,), currency="EUR")
    async with wiring.opened(old, kept=kept) as before:
        turn = await before.parts.slots.turn(GPU, call(WHO))
        often = caller("hello.often", requests_per_minute=2)
        await before.parts.limits.admit(often)
        await before.parts.limits.admit(often)
        async with wiring.opened(new, kept=kept) as after:
            waiting = asyncio.create_task(after.parts.slots.turn(GPU, call(WHO)))
            await asyncio.sleep(0.01)
            assert not waiting.done()
            turn.end()
            (await waiting).end()
            with pytest.raises(TooMany):
                await after.parts.limits.admit(often)


async def test_a_line_becomes_as_long_as_the_file_says() -> None:
    turns = wiring.Kept().turns
    first = await turns.turn(GPU, call(WHO))
    waiting = asyncio.create_task(turns.turn(GPU, call(WHO)))
    await asyncio.sleep(0)
    assert not waiting.done()
    more = msgspec.structs.replace(GPU, slots=3)
    third = await turns.turn(more, call(WHO))
    await waiting
    assert turns.busy(more) == (3, 0)
    for each in (first, waiting.result(), third):
        each.end()
    last = await turns.turn(GPU, call(WHO))
    with pytest.raises(TooMany):
        await turns.turn(msgspec.structs.replace(GPU, queue=0), call(WHO))
    last.end()
