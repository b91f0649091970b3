"""Who is next: where a verifier fails, where a turn takes too long, where the queue is full."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from fakes.models.counted import counted
from fakes.models.desk import Desk, desk
from fakes.models.script import Act, Does
from fakes.models.waiting import until_soon
from rackhouse.services.gateway.model.call import Call, Reply
from rackhouse.services.gateway.service.memory import Unmeasured

pytestmark = pytest.mark.slow


class Strict(Unmeasured):
    """Accepts what these upstreams say, and nobody else's answers."""

    def __init__(self, good: Sequence[str]) -> None:
        self._good = good

    def verifies(self, call: Call) -> bool:
        return True

    async def accepts(self, call: Call, reply: Reply) -> bool:
        return reply.upstream.name in self._good


@pytest.mark.parametrize(
    ("good", "answers"), [(("second",), "second"), (("first",), "first"), ((), "second")]
)
def test_an_answer_that_fails_is_paid_and_the_next_one_is_asked(
    good: tuple[str, ...], answers: str
) -> None:
    with desk() as one:
        ledger = counted(one.gateway)
        one.gateway.parts = replace(one.gateway.parts, quality=Strict(good))
        assert one.chat().headers["x-rackhouse-upstream"] == answers
        paid = ["first"] if answers == "first" else ["first", "second"]
        assert ([name for name, usage in ledger.settled if usage.known], ledger.even) == (
            paid,
            True,
        )


def test_an_answer_that_fails_is_better_than_none() -> None:
    with desk() as one:
        one.gateway.parts = replace(one.gateway.parts, quality=Strict(()))
        one.scripts["second"].always = Act(does=Does.ERROR)
        assert one.chat().headers["x-rackhouse-upstream"] == "first"


async def _ask(one: Desk, client: httpx.AsyncClient) -> tuple[int, str]:
    body = {"model": "chat", "messages": [{"role": "user", "content": "?"}]}
    answer = await client.post(f"{one.url}/v1/chat/completions", json=body)
    return answer.status_code, answer.headers.get("x-rackhouse-upstream", "")


def _client(one: Desk) -> httpx.AsyncClient:
    return httpx.AsyncClient(headers=one.client.headers, timeout=60)


@asynccontextmanager
async def _held(one: Desk, client: httpx.AsyncClient) -> AsyncIterator[None]:
    """The first upstream is busy with a request that it does not answer."""
    one.scripts["first"].always = Act(does=Does.SILENT)
    slots, upstream = one.gateway.parts.slots, one.config.upstreams[0]
    asking = asyncio.create_task(_ask(one, client))
    await until_soon(lambda: slots.busy(upstream) == (1, 0))
    yield
    asking.cancel()
    await until_soon(lambda: slots.busy(upstream) == (0, 0))


async def test_where_turns_take_too_long_the_next_rank_is_asked() -> None:
    with desk(upstreams={"first": {"slots": 1}}, named={"spill": 0.05}) as one:
        one.scripts["first"].always = Act(wait=0.3)
        async with _client(one) as client:
            assert await _ask(one, client) == (200, "first")  # turns take 0.3 seconds, it seems
            async with _held(one, client):
                assert await _ask(one, client) == (200, "second")


@pytest.mark.parametrize(
    ("names", "answer"), [(("first", "second"), (200, "second")), (("first",), (429, ""))]
)
async def test_a_full_queue_is_the_next_ones_turn_and_said_where_there_is_none(
    names: tuple[str, ...], answer: tuple[int, str]
) -> None:
    with desk(names, upstreams={"first": {"slots": 1, "queue": 0}}) as one:
        async with _client(one) as client, _held(one, client):
            assert await _ask(one, client) == answer


async def test_slots_bound_what_an_upstream_is_asked_at_once() -> None:
    with desk(("only",), upstreams={"only": {"slots": 2}}) as one:
        ledger = counted(one.gateway)
        one.scripts["only"].always = Act(wait=0.02)
        async with _client(one) as client:
            found = await asyncio.gather(*(_ask(one, client) for _ in range(20)))
        assert set(found) == {(200, "only")}
        assert ledger.even
        assert one.gateway.parts.slots.busy(one.config.upstreams[0]) == (0, 0)
