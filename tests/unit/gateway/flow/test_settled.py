"""Whenever a client goes away, whoever fails: what was set aside ends once, turns are given back,
and what became of the request is noted once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.models.counted import Counted
from fakes.models.parts import parts
from fakes.models.rack import model
from fakes.models.waiting import until_soon
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call, Caller, Outcome, Record, Reply, Task, Usage
from rackhouse.services.gateway.model.config import Config, Kind, Upstream
from rackhouse.services.gateway.model.problem import Problem
from rackhouse.services.gateway.service.gateway import Gateway
from rackhouse.services.gateway.service.memory import Unmeasured

WORDS = [b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'] * 3
CUT = b'data: {"id":"x","choices":[{"index":0,"delta":{"content":"caf\xe9"}}]}\n\n'  # no UTF-8
DOES = ("answers", "fails", "fails, having worked", "breaks off", "raises", "sends garbage")


class Broken:
    """Pieces that come one step of the loop after the other."""

    def __init__(self, breaks: bool, *last: bytes) -> None:
        self._left, self._breaks = deque([*WORDS, *last]), breaks
        self.closed = False

    def __aiter__(self) -> Broken:
        return self

    async def __anext__(self) -> bytes:
        await asyncio.sleep(0)
        if not self._left:
            raise Failed("broke off", asked=True) if self._breaks else StopAsyncIteration
        return self._left.popleft()

    async def aclose(self) -> None:
        await asyncio.sleep(0)
        self.closed = True


class Upstreams:
    """Clients of upstreams that do as they are told, each thing after a few steps of the loop."""

    def __init__(self, does: list[str]) -> None:
        self._does = dict(zip("abc", does, strict=False))
        self.streams: list[Broken] = []

    async def ask(self, upstream: Upstream, call: Call) -> Reply:
        for _ in range(3):
            await asyncio.sleep(0)
        does = self._does[upstream.name]
        if does == "is silent":
            await asyncio.Event().wait()
        if does.startswith("fails"):
            raise Failed("is down", asked="worked" in does)
        if does == "raises":
            raise KeyError("data")  # of an answer that nobody foresaw
        if call.stream:
            last = [CUT] if does == "sends garbage" else []
            self.streams.append(Broken(does == "breaks off", *last))
            return Reply(upstream=upstream, pieces=self.streams[-1])
        return Reply(upstream=upstream, body=b"{}", usage=Usage(input=1, output=1, known=True))


class Bench:
    """A gateway whose parts are all looked at."""

    def __init__(self, does: list[str], **named: Any) -> None:
        names = "abc"[: len(does)]
        upstreams = tuple(
            Upstream(name=name, kind=Kind.COMPATIBLE, model="m", slots=1) for name in names
        )
        self.config = Config(upstreams=upstreams, models=(model(*names, **named),))
        self.ledger, self.records = Counted(), list[Record]()
        self.upstreams = Upstreams(does)
        self.gateway = Gateway(parts(self.config, self.upstreams, self.ledger, self))
        self.slots = self.gateway.parts.slots

    bodies = False

    def note(self, record: Record) -> None:
        self.records.append(record)

    async def over(self, requests: int = 1) -> None:
        """Everything is as if nobody had asked, but for what was noted."""
        await until_soon(lambda: self.ledger.even and len(self.records) == requests)
        assert all(self.slots.busy(each) == (0, 0) for each in self.config.upstreams)
        assert all(each.closed or not each._left for each in self.upstreams.streams)


def call(stream: bool) -> Call:
    payload = {"messages": [{"role": "user", "content": "?"}]}
    return Call(
        id="1", caller=Caller(key="k"), task=Task.CHAT, model="chat", payload=payload, stream=stream
    )


async def ask(gateway: Gateway, stream: bool) -> None:
    """As the door does."""
    reply = await gateway.answer(call(stream))
    if reply.pieces is not None:
        try:
            async for _ in reply.pieces:
                pass
        finally:
            await reply.pieces.aclose()


@given(
    st.lists(st.sampled_from(DOES), min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from([0.0, 1e-9]),
    st.integers(0, 30),
)
def test_a_client_may_go_away_at_any_moment(
    does: list[str], stream: bool, hedge: float, steps: int
) -> None:
    async def scenario() -> None:
        bench = Bench(does, hedge=hedge)
        asking = asyncio.create_task(ask(bench.gateway, stream))
        for _ in range(steps):
            await asyncio.sleep(0)
        asking.cancel()
        (end,) = await asyncio.gather(asking, return_exceptions=True)
        assert end is None or isinstance(end, Problem | asyncio.CancelledError)
        if steps:  # else it has not begun
            await bench.over()

    asyncio.run(scenario())


async def test_a_stream_that_nobody_reads_is_settled_when_it_is_closed() -> None:
    bench = Bench(["answers"])
    reply = await bench.gateway.answer(call(stream=True))
    assert bench.slots.busy(reply.upstream) == (1, 0)
    assert reply.pieces is not None
    await reply.pieces.aclose()
    await reply.pieces.aclose()
    await bench.over()
    assert bench.records[0].outcome is Outcome.LEFT


@pytest.mark.parametrize("stream", [False, True])
async def test_what_was_tried_is_noted_with_why(stream: bool) -> None:
    bench = Bench(["fails", "fails, having worked", "answers"])
    await ask(bench.gateway, stream)
    await bench.over()
    (record,) = bench.records
    assert [(each.upstream, each.why) for each in record.attempts] == [
        ("a", "is down"),
        ("b", "is down"),
    ]
    assert (record.upstream, record.outcome) == ("c", Outcome.ANSWERED)
    assert bench.ledger.released == ["a"]
    assert [name for name, _ in bench.ledger.settled] == ["b", "c"]
    assert [usage.known for _, usage in bench.ledger.settled] == [False, not stream]


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_that_nobody_foresaw_is_paid_and_another_answers(stream: bool) -> None:
    bench = Bench(["raises", "answers"])
    await ask(bench.gateway, stream)
    await bench.over()
    (record,) = bench.records
    assert [(each.upstream, each.why) for each in record.attempts] == [("a", "answered garbage")]
    assert (record.upstream, record.outcome) == ("b", Outcome.ANSWERED)
    assert [name for name, _ in bench.ledger.settled] == ["a", "b"]
    assert [each.failures for each in bench.gateway.parts.router.health()] == [1, 0]


async def test_a_chunk_that_is_no_text_breaks_a_stream_off_and_another_goes_on() -> None:
    bench = Bench(["sends garbage", "answers"])
    await ask(bench.gateway, stream=True)
    await bench.over()
    (record,) = bench.records
    assert [(each.upstream, each.why) for each in record.attempts] == [
        ("a", "broke off: sent what is no chunk")
    ]
    assert (record.upstream, record.outcome) == ("b", Outcome.ANSWERED)


async def test_a_chunk_that_is_no_text_after_a_seam_ends_with_a_word() -> None:
    bench = Bench(["breaks off", "sends garbage"])
    with pytest.raises(Problem, match="sent what is no chunk"):
        await ask(bench.gateway, stream=True)
    await bench.over()
    assert bench.records[0].outcome is Outcome.BROKEN


class Faulty(Unmeasured):
    """Has a fault of our own."""

    def verifies(self, call: Call) -> bool:
        return True

    async def accepts(self, call: Call, reply: Reply) -> bool:
        raise KeyError


async def test_what_a_fault_of_our_own_has_cost_is_in_the_log() -> None:
    bench = Bench(["answers"])
    bench.gateway.parts = replace(bench.gateway.parts, quality=Faulty())
    with pytest.raises(KeyError):
        await bench.gateway.answer(call(stream=False))
    await bench.over()
    (record,) = bench.records
    assert (record.outcome, record.status, record.usage.known) == (Outcome.FAILED, 500, True)


class Never(Unmeasured):
    """Accepts no answer."""

    def verifies(self, call: Call) -> bool:
        return True

    async def accepts(self, call: Call, reply: Reply) -> bool:
        return False


async def test_an_answer_that_fails_is_given_when_the_time_for_a_better_one_is_over() -> None:
    bench = Bench(["answers", "is silent"], deadline=0.3)
    bench.gateway.parts = replace(bench.gateway.parts, quality=Never())
    assert (await bench.gateway.answer(call(stream=False))).upstream.name == "a"
    await bench.over()
    (record,) = bench.records
    assert (record.upstream, record.outcome) == ("a", Outcome.ANSWERED)
    assert [usage.known for _, usage in bench.ledger.settled] == [True, False]


async def test_many_at_once_at_one_slot_are_answered_one_after_the_other() -> None:
    bench = Bench(["answers"])
    await asyncio.gather(*(ask(bench.gateway, stream=number % 2 == 0) for number in range(20)))
    await bench.over(20)
