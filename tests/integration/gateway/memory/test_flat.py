"""Eight thousand requests leave nothing behind: objects are counted, not bytes or seconds."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fakes.models.rack import KEY, SECRET, model
from fakes.models.serving import served
from rackhouse.services.gateway import wiring
from rackhouse.services.gateway.api.app import create
from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.config import Config, Kind, Upstream

WHOLE = b'{"choices":[{"message":{"content":"light"}}],"usage":{"prompt_tokens":1}}'
EVENT = b'data: {"choices":[{"delta":{"content":"light"}}]}\n\n'


async def upstream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once: whole, or three events and the end."""
    if scope["type"] != "http":
        return
    stream = b'"stream":true' in (await receive())["body"]
    kind = b"text/event-stream" if stream else b"application/json"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    body = EVENT * 3 + b"data: [DONE]\n\n" if stream else WHOLE
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def door(url: str) -> AsyncIterator[ASGIApp]:
    """The application, begun as a server begins it."""
    one = Upstream(name="one", kind=Kind.COMPATIBLE, url=url, model="scripted", local=True)
    models = model("one"), model("one", name="again", cache=60.0)
    app = create(Config(upstreams=(one,), models=models, keys=(KEY,)), wiring.opened)
    told: asyncio.Queue[Message] = asyncio.Queue()
    answered: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.create_task(app({"type": "lifespan", "state": {}}, told.get, answered.put))
    try:
        await told.put({"type": "lifespan.startup"})
        assert (await answered.get())["type"] == "lifespan.startup.complete"
        yield app
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await life


async def ask(app: ASGIApp, number: int, **said: Any) -> None:
    """One request; every fourth client of a stream goes away after its first words."""
    body = json.dumps(
        {"messages": [{"role": "user", "content": f"{number}"}], **said}, separators=(",", ":")
    ).encode()
    headers = [(b"authorization", f"Bearer {SECRET}".encode())]
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": headers}
    left = asyncio.Event()
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])
    statuses: list[int] = []

    async def receive() -> Message:
        for message in messages:
            return message
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        elif said.get("stream") and number % 4 == 0:
            left.set()
            await asyncio.sleep(0)

    await app({**scope, "query_string": b"", "root_path": ""}, receive, send)
    assert statuses == [200]


async def rush(app: ASGIApp, numbers: range, **said: Any) -> None:
    """Sixteen at a time."""
    left = iter(numbers)

    async def some() -> None:
        for number in left:
            await ask(app, number, **said)

    await asyncio.gather(*(some() for _ in range(16)))


async def objects(app: ASGIApp) -> int:
    """How many there are when all is quiet."""
    for _ in range(3):
        await asyncio.sleep(0.3)  # the journal writes what it was told
        gc.collect()
    return len(gc.get_objects())


def calls() -> int:
    """How many requests are held by something."""
    return sum(isinstance(each, Call) for each in gc.get_objects())


async def test_a_request_is_freed_as_it_ends_without_a_search_for_cycles() -> None:
    with served(upstream) as url:
        async with door(url) as app:
            gc.collect()
            before = calls()  # of other tests
            gc.disable()
            try:
                for said in ({"model": "chat"}, {"model": "chat", "stream": True}):
                    await rush(app, range(40), **said)
                async with asyncio.timeout(20):
                    while calls() > before:
                        await asyncio.sleep(0.01)
            finally:
                gc.enable()


@pytest.mark.slow
async def test_no_object_stays_of_eight_thousand_requests() -> None:
    with served(upstream) as url:
        async with door(url) as app:
            ways: tuple[dict[str, Any], ...] = (
                {"model": "chat"},
                {"model": "chat", "stream": True},
                {"model": "again"},
            )
            for said in ways:  # what is kept of the newest is kept by now
                await rush(app, range(800), **said)
            before = await objects(app)
            await rush(app, range(800, 5800), **ways[0])
            await rush(app, range(5800, 8000), **ways[1])
            await rush(app, range(800), **ways[2])
            assert await objects(app) - before < 1000
