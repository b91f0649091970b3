"""A fault of the gateway's own: said in the form that its client reads, and the server hears it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.api.messages import Messages
from rackhouse.services.gateway.api.posted import Paths, Posted
from rackhouse.services.gateway.model.problem import NotFound, Problem

_START: Message = {"type": "http.response.start", "status": 200, "headers": []}
_POST = {"type": "http", "method": "POST", "path": "/asked"}


class _Failing(Posted):
    """Says what it is told to, then fails."""

    def __init__(self, error: Exception, begun: bool = False) -> None:
        self._error = error
        self._begun = begun

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._begun:
            await send(_START)
        raise self._error


class _Server:
    """What a server hears: one start, then bodies."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        if self.sent and message["type"] == "http.response.start":
            raise RuntimeError("an answer has begun")
        self.sent.append(message)

    async def receive(self) -> Message:
        return {"type": "http.disconnect"}


async def _asked(app: Callable[..., Any], scope: Scope = _POST) -> list[Message]:
    server = _Server()
    await app(scope, server.receive, server.send)
    return server.sent


async def test_a_problem_is_the_answer() -> None:
    start, body = await _asked(_Failing(NotFound("no such thing")))
    assert start["status"] == 404
    assert b"no such thing" in body["body"]


async def test_a_fault_is_a_500_without_its_words_and_the_server_logs_it() -> None:
    server = _Server()
    with pytest.raises(KeyError):
        await _Failing(KeyError("secret"))(_POST, server.receive, server.send)
    start, body = server.sent
    assert start["status"] == 500
    assert b"the gateway failed" in body["body"]
    assert b"secret" not in body["body"]


async def test_what_has_begun_is_cut_off_by_the_server() -> None:
    server = _Server()
    with pytest.raises(KeyError):
        await _Failing(KeyError("x"), begun=True)(_POST, server.receive, server.send)
    assert server.sent == [_START]


async def test_nobody_is_answered_who_left() -> None:
    assert await _asked(_Failing(ClientDisconnect())) == []


def test_each_protocol_has_its_own_form() -> None:
    problem = Problem("the gateway failed")
    assert Posted.form(problem) == http.said(problem)
    assert Messages.form(problem)["type"] == "error"


@pytest.mark.parametrize(
    ("scope", "posted"),
    [
        (_POST, True),
        ({**_POST, "method": "GET"}, False),
        ({**_POST, "path": "/other"}, False),
        ({"type": "lifespan"}, False),
    ],
)
async def test_what_is_not_posted_there_is_left_to_others(scope: Scope, posted: bool) -> None:
    async def others(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "others"})

    paths = Paths({"/asked": _Failing(NotFound("a"))}, others)
    first, *_ = await _asked(paths, scope)
    assert (first["type"] == "http.response.start") is posted
