"""A job's end of the broker: what it does where the broker is away, or is something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from rackhouse.delivery.broker import client
from rackhouse.delivery.broker.client import Job, ask
from rackhouse.kit.errors import Missing, Refused, Unavailable
from rackhouse.resources.core import Hidden

JOB = Job(
    url="https://broker.test", authority="", token=Hidden("job-0f3c"), repository="home/hello"
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_AGAIN", (0.0, 0.0))


class Waking(httpx.AsyncBaseTransport):
    """Nobody listens for the first few times."""

    def __init__(self, away: int) -> None:
        self.away = away

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.away -= 1
        if self.away >= 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, json={"preview": "hello"})


def saying(code: int, text: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(code, text=text)


async def test_a_broker_that_comes_back_within_seconds_is_asked_again() -> None:
    assert await ask(JOB, "/token", {}, Waking(2)) == {"preview": "hello"}
    with pytest.raises(Unavailable, match="the broker does not answer: ConnectError"):
        await ask(JOB, "/token", {}, Waking(3))


@pytest.mark.parametrize("text", ["", "<html>", "[]", "null"])
async def test_what_is_no_answer_of_the_brokers_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unavailable, match="the broker") as caught:
        await ask(JOB, "/token", {}, httpx.MockTransport(saying(200, text)))
    assert JOB.token.reveal() not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "kind"), [(403, Refused), (404, Missing), (429, Unavailable), (502, Unavailable)]
)
async def test_its_refusals_are_its_own_words(code: int, kind: type[Exception]) -> None:
    there = httpx.MockTransport(saying(code, '{"what": "no such luck", "fix": "wait"}'))
    with pytest.raises(kind, match="no such luck"):
        await ask(JOB, "/token", {}, there)


async def test_an_authority_that_is_no_certificate_is_no_traceback() -> None:
    with pytest.raises(Unavailable, match="SSLError"):
        await ask(replace(JOB, authority="-----BEGIN NOTHING-----"), "/token", {})
