"""Exact answers given again: what is the same, what is fit to be kept, what several at once ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Call, Caller, Reply, Task
from rackhouse.services.gateway.model.config import Config, Kind, Named, Upstream
from rackhouse.services.gateway.model.problem import UpstreamFailed
from rackhouse.services.gateway.service.cache import Answers, _Held, _key

UPSTREAM = Upstream(name="gpu", kind=Kind.VLLM, model="llama")
CONFIG = Config(
    upstreams=(UPSTREAM,),
    models=(
        Named(name="chat", candidates=(), cache=60.0),
        Named(name="never", candidates=()),
    ),
)
WHOLE = b'{"choices":[{"finish_reason":"stop","message":{"content":"light"}}]}'
EVENTS = [b'data: {"choices":[{"delta":{"content":"light"}}]}\n\n', b"data: [DONE]\n\n"]


def call(**more: Any) -> Call:
    given = {
        "id": "1",
        "caller": Caller(key="hello.llm", application="hello"),
        "task": Task.CHAT,
        "model": "chat",
        "payload": {"model": "chat", "messages": [{"role": "user", "content": "What?"}]},
    }
    return Call(**(given | more))


class Pieces:
    def __init__(self, pieces: list[bytes], fails: bool = False) -> None:
        self._left = iter(pieces)
        self._fails = fails
        self.closed = False
        self.more = False

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._left:
            return piece
        if self._fails:
            raise UpstreamFailed("broke off")
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


class Upstreams:
    """Counts how often it is asked."""

    def __init__(self, body: bytes = WHOLE, pieces: Callable[[], Pieces] | None = None) -> None:
        self.asked = 0
        self.go = asyncio.Event()
        self.go.set()
        self.fails: list[Exception] = []
        self._body = body
        self._pieces = pieces

    async def __call__(self) -> Reply:
        self.asked += 1
        await self.go.wait()
        if self.fails:
            raise self.fails.pop()
        if self._pieces:
            return Reply(upstream=UPSTREAM, pieces=self._pieces())
        return Reply(upstream=UPSTREAM, body=self._body)


async def test_the_second_time_nobody_is_asked() -> None:
    answers, upstreams = Answers(CONFIG), Upstreams()
    first = await answers.through(call(), upstreams)
    second = await answers.through(call(id="2"), upstreams)
    said = [(each.body, each.headers["x-rackhouse-cache"]) for each in (first, second)]
    assert said == [(WHOLE, "miss"), (WHOLE, "hit")]
    assert (upstreams.asked, second.upstream) == (1, UPSTREAM)


async def test_the_order_of_fields_makes_no_other_request() -> None:
    answers, upstreams = Answers(CONFIG), Upstreams()
    payload = call().payload
    await answers.through(call(), upstreams)
    await answers.through(call(payload=dict(reversed(payload.items()))), upstreams)
    assert upstreams.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        {"caller": Caller(key="other.llm", application="other")},
        {"caller": Caller(key="hello.llm", application="hello", person="ruth")},
        {"caller": Caller(key="hello")},
        {"tags": frozenset({"long"})},
        {"task": Task.COMPLETION},
        {"payload": {**call().payload, "temperature": 0.1}},
    ],
)
async def test_nobody_is_given_what_another_asked_for(other: dict[str, Any]) -> None:
    answers, upstreams = Answers(CONFIG), Upstreams()
    await answers.through(call(), upstreams)
    await answers.through(call(**other), upstreams)
    assert upstreams.asked == 2


def test_a_key_of_no_application_is_not_an_application_of_its_name() -> None:
    alone = call(caller=Caller(key="hello"))
    assert _key(alone) != _key(call(caller=Caller(key="x", application="hello")))


@pytest.mark.parametrize(
    "other", [{"model": "never"}, {"fresh": True}, {"private": True}, {"task": Task.RESPONSE}]
)
def test_what_is_never_kept(other: dict[str, Any]) -> None:
    answers = Answers(CONFIG)
    assert answers.keeps(call())
    assert not answers.keeps(call(**other))


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices": [{"finish_reason": "length"}]}',
        b'{"choices":[{"finish_reason":"content_filter"}]}',
        b'{"error": {"message": "overloaded"}}',
        b'{"choices":[{"finish_reason":"stop","content":"%s"}]}' % (b"x" * 2**20),
    ],
)
async def test_what_was_cut_short_or_is_none_or_huge_is_asked_again(body: bytes) -> None:
    answers, upstreams = Answers(CONFIG), Upstreams(body)
    for _ in range(2):
        assert (await answers.through(call(), upstreams)).body == body
    assert upstreams.asked == 2


async def test_words_about_being_cut_are_not_being_cut() -> None:
    body = rb'{"choices":[{"message":{"content":"{\"finish_reason\":\"length\",\"error\":1}"}}]}'
    answers, upstreams = Answers(CONFIG), Upstreams(body)
    for _ in range(2):
        await answers.through(call(), upstreams)
    assert upstreams.asked == 1


async def test_an_answer_is_given_for_as_long_as_its_name_says() -> None:
    clock = [100.0]
    answers, upstreams = Answers(CONFIG, now=lambda: clock[0]), Upstreams()
    for at, asked in ((100.0, 1), (159.9, 1), (160.0, 2)):
        clock[0] = at
        await answers.through(call(), upstreams)
        assert upstreams.asked == asked


async def test_two_at_once_ask_once() -> None:
    answers, upstreams = Answers(CONFIG), Upstreams()
    upstreams.go.clear()
    asking = [asyncio.create_task(answers.through(call(), upstreams)) for _ in range(5)]
    while not upstreams.asked:
        await asyncio.sleep(0)
    upstreams.go.set()
    assert {each.body for each in await asyncio.gather(*asking)} == {WHOLE}
    assert upstreams.asked == 1


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_first_one_that_fails_or_goes_fails_nobody_else(leaves: bool) -> None:
    answers, upstreams = Answers(CONFIG), Upstreams()
    upstreams.go.clear()
    first = asyncio.create_task(answers.through(call(), upstreams))
    while not upstreams.asked:
        await asyncio.sleep(0)
    second = asyncio.create_task(answers.through(call(), upstreams))
    await asyncio.sleep(0)
    if leaves:
        first.cancel()
    else:
        upstreams.fails.append(UpstreamFailed("down"))
    upstreams.go.set()
    assert (await second).body == WHOLE
    with pytest.raises(asyncio.CancelledError if leaves else UpstreamFailed):
        await first
    assert not answers._asking


async def test_a_stream_is_played_again_as_it_was() -> None:
    answers, upstreams = Answers(CONFIG), Upstreams(pieces=lambda: Pieces(EVENTS))
    for which in ("miss", "hit"):
        reply = await answers.through(call(stream=True), upstreams)
        assert reply.pieces is not None
        assert [each async for each in reply.pieces] == EVENTS
        assert reply.headers["x-rackhouse-cache"] == which
        await reply.pieces.aclose()
    assert upstreams.asked == 1


async def test_what_failed_the_verifiers_is_not_kept() -> None:
    asked = 0

    async def ask() -> Reply:
        nonlocal asked
        asked += 1
        return Reply(upstream=UPSTREAM, body=WHOLE, holds=asked > 1)

    answers = Answers(CONFIG)
    for _ in range(3):
        assert (await answers.through(call(), ask)).body == WHOLE
    assert asked == 2


async def test_a_stream_that_broke_or_was_left_is_not_kept_and_is_let_go() -> None:
    made: list[Pieces] = []

    def pieces() -> Pieces:
        made.append(Pieces(EVENTS[:1], fails=True))
        return made[-1]

    answers, upstreams = Answers(CONFIG), Upstreams(pieces=pieces)
    broken = (await answers.through(call(stream=True), upstreams)).pieces
    left = (await answers.through(call(stream=True), upstreams)).pieces
    assert broken is not None
    assert left is not None
    with pytest.raises(UpstreamFailed):
        [each async for each in broken]
    await left.aclose()
    await answers.through(call(stream=True), upstreams)
    assert (upstreams.asked, made[1].closed) == (3, True)


async def test_what_the_replicas_share_is_found_and_what_cannot_be_read_is_asked() -> None:
    class Shared:
        def __init__(self) -> None:
            self.held: dict[bytes, bytes] = {}

        async def get(self, key: bytes) -> bytes | None:
            return self.held.get(key)

        async def put(self, key: bytes, value: bytes, seconds: float) -> None:
            assert seconds == 60.0
            self.held[key] = value

    shared, upstreams = Shared(), Upstreams()
    await Answers(CONFIG, shared).through(call(), upstreams)
    assert (await Answers(CONFIG, shared).through(call(), upstreams)).body == WHOLE
    assert upstreams.asked == 1
    shared.held[_key(call())] = b"\xc1 of another version"
    assert (await Answers(CONFIG, shared).through(call(), upstreams)).body == WHOLE
    assert upstreams.asked == 2


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3000)), max_size=60))
def test_no_more_is_held_than_there_is_room_for(puts: list[tuple[int, int]]) -> None:
    from rackhouse.services.gateway.service.cache import _Answer

    held = _Held(8192, lambda: 0.0)
    for number, size in puts:
        key = bytes([number])
        held.put(key, _Answer("gpu", (b"x" * size,)), size, 60.0)
        assert held.get(key) is not None
        assert held._size == sum(each[1] for each in held._answers.values()) <= 8192
