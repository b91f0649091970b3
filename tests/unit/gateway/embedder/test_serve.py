"""What the worker's door does with requests, and with clients that leave."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from rackhouse.services.gateway.worker import desk, serve, weights
from rackhouse.services.gateway.worker.embedder import Vectors
from rackhouse.services.gateway.worker.tokens import Tokens

BOOK = [f"page {number}" for number in range(1000)]


class Computer:
    """Computes nothing; says how much it was asked, and can be held up."""

    def __init__(self) -> None:
        self.texts = 0
        self.begun = threading.Event()
        self.go = threading.Event()
        self.go.set()

    def vectors(self, texts: Sequence[Sequence[int]]) -> Vectors:
        self.texts += len(texts)
        self.begun.set()
        assert self.go.wait(20)
        return np.ones((len(texts), 4), np.float32)


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(weights.find().tokenizer, weights.LONGEST)


@asynccontextmanager
async def _serving(tokens: Tokens, computer: Computer) -> AsyncIterator[Starlette]:
    app = serve.create("m", tokens, computer, 1)
    async with app.router.lifespan_context(app):
        yield app


async def test_a_request_is_answered_and_a_wrong_one_is_told_why(tokens: Tokens) -> None:
    async with _serving(tokens, Computer()) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://embedder") as client:
            assert (await client.get("/health")).json()["model"] == "m"
            for many in (3, 30):  # few at once, more in a thread
                answer = await client.post("/v1/embeddings", json={"input": BOOK[:many]})
                assert [each["index"] for each in answer.json()["data"]] == [*range(many)]
            refused = await client.post("/v1/embeddings", json={"input": []})
    assert refused.status_code == 400
    assert "1 to 2048" in refused.json()["error"]["message"]


async def test_a_turn_that_never_ends_is_no_health(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_LONGEST", -1.0)
    computer = Computer()
    async with _serving(tokens, computer) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://embedder") as client:
            assert (await client.get("/health")).status_code == 200
            computer.go.clear()
            asking = asyncio.create_task(client.post("/v1/embeddings", json={"input": "a"}))
            await asyncio.to_thread(computer.begun.wait, 20)
            assert (await client.get("/health")).status_code == 503
            computer.go.set()
            assert (await asking).status_code == 200
            assert (await client.get("/health")).status_code == 200


async def test_nothing_more_is_computed_for_a_client_that_left(tokens: Tokens) -> None:
    computer = Computer()
    computer.go.clear()
    left = asyncio.Event()
    body = json.dumps({"input": BOOK}).encode()
    asked: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        """To nobody."""

    scope = {"type": "http", "method": "POST", "path": "/v1/embeddings", "headers": []}
    async with _serving(tokens, computer) as app:
        answering = asyncio.create_task(app(scope, receive, send))
        assert await asyncio.to_thread(computer.begun.wait, 20)
        left.set()
        await answering
        computer.go.set()
    assert computer.texts < len(BOOK)
