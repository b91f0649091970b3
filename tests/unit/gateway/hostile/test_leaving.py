"""A client that leaves: the work for it is cancelled, and nothing else is."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from rackhouse.services.gateway.api.leaving import Leaving


class _Line:
    """A connection that ends when told to."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def receive(self) -> Message:
        await self.ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["body"] == b"too much":
            await asyncio.Event().wait()


async def test_work_for_who_left_is_cancelled_and_what_follows_goes_on() -> None:
    line, reached = _Line(), False
    with Leaving(line.receive, line.send, after=0):
        line.ended.set()
        await asyncio.Event().wait()
        reached = True
    assert not reached
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()
    await asyncio.sleep(0)


async def test_who_stays_is_answered() -> None:
    line = _Line()
    with Leaving(line.receive, line.send, after=60) as leaving:
        leaving.watch()
        await asyncio.sleep(0)
    line.ended.set()
    await asyncio.sleep(0)


async def test_a_cancellation_from_elsewhere_is_not_swallowed() -> None:
    line = _Line()

    async def work() -> None:
        with Leaving(line.receive, line.send, after=0):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_reads_no_further_holds_nothing() -> None:
    line, reached, closed = _Line(), False, False
    with Leaving(line.receive, line.send, after=60, stalled=0.02) as leaving:
        leaving.watch()
        try:
            for body in (b"a", b"b", b"too much"):
                await leaving.send({"type": "http.response.body", "body": body})
            reached = True
        finally:
            await asyncio.sleep(0)  # what is closed then may wait
            closed = True
    assert (reached, closed) == (False, True)


async def test_an_upstream_may_be_silent_for_longer_than_a_client() -> None:
    line = _Line()
    with Leaving(line.receive, line.send, after=60, stalled=0.01) as leaving:
        leaving.watch()
        await leaving.send({"type": "http.response.body", "body": b"a"})
        await asyncio.sleep(0.05)
        await leaving.send({"type": "http.response.body", "body": b"b"})
