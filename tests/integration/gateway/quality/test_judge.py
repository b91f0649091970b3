"""A judge over real HTTP: one that answers, and each way in which it may not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from fakes.models.serving import served
from rackhouse.services.gateway.clients import judge
from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.model.config import Named

pytestmark = pytest.mark.slow

CALL = Call(
    id="17",
    caller=Caller(key="hello"),
    task=Task.CHAT,
    model="study",
    payload={"messages": [{"role": "user", "content": "Who?"}]},
    kind="question",
)
ANSWER = b'{"choices": [{"message": {"content": "Ruth"}}]}'
heard: list[dict[str, Any]] = []


async def _answers(request: Request) -> Response:
    heard.append(json.loads(await request.body()))
    return JSONResponse({"ok": True, "score": 0.75, "why": "cites", "more": 1})


async def _silent(_: Request) -> Response:
    await asyncio.sleep(3600)
    raise AssertionError


async def _wrong(_: Request) -> Response:
    return JSONResponse({"ok": True}, 500)


async def _elsewhere(_: Request) -> Response:
    return RedirectResponse("/answers", 307)


async def _garbage(_: Request) -> Response:
    return Response(b"<html>")


async def _beyond(_: Request) -> Response:
    return JSONResponse({"ok": True, "score": 7})


async def _endless(_: Request) -> Response:
    return JSONResponse({"ok": True, "why": "a" * 2**20})


_WAYS = {
    "answers": _answers,
    "silent": _silent,
    "wrong": _wrong,
    "elsewhere": _elsewhere,
    "garbage": _garbage,
    "beyond": _beyond,
    "endless": _endless,
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    routes = [Route(f"/{name}", each, methods=["POST"]) for name, each in _WAYS.items()]
    with served(Starlette(routes=routes)) as url:
        yield url


def _named(url: str, seconds: float = 20.0) -> Named:
    return Named(name="study", candidates=(), judge=url, judge_seconds=seconds)


def _asked(named: Named, times: int = 1) -> list[judge.Said | None]:
    async def scene() -> list[judge.Said | None]:
        async with judge.opened() as one:
            return [await one.says(named, CALL, ANSWER) for _ in range(times)]

    return asyncio.run(scene())


def test_it_is_told_what_was_asked_and_answered_and_its_verdict_is_read(address: str) -> None:
    heard.clear()
    assert _asked(_named(f"{address}/answers")) == [judge.Said(True, 0.75, "cites")]
    assert heard == [
        {
            "id": "17",
            "model": "study",
            "kind": "question",
            "request": CALL.payload,
            "answer": json.loads(ANSWER),
        }
    ]


@pytest.mark.parametrize("way", ["wrong", "elsewhere", "garbage", "beyond", "endless"])
def test_whatever_is_no_verdict_judges_nothing(address: str, way: str) -> None:
    heard.clear()
    assert _asked(_named(f"{address}/{way}")) == [None]
    assert not heard


def test_a_judge_that_is_silent_or_away_is_not_waited_for_twice(address: str) -> None:
    assert _asked(_named(f"{address}/silent", 0.2), 500) == [None] * 500
    assert _asked(_named("http://127.0.0.1:1/"), 500) == [None] * 500
