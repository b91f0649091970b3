"""Looks at scripted upstreams, over real HTTP."""

from __future__ import annotations

import socket

import pytest

from fakes.models import ollama
from fakes.models.script import Script
from fakes.models.serving import served
from rackhouse.services.gateway.clients import look
from rackhouse.services.gateway.clients.look import Seen
from rackhouse.services.gateway.model.config import Kind, Upstream


async def seen(url: str, kind: Kind) -> Seen | None:
    upstream = Upstream(name="u", kind=kind, url=url, model="m", local=True, connect=1.0)
    async with look.opened() as looking:
        return await looking(upstream)


@pytest.mark.slow
async def test_what_an_ollama_holds_in_memory() -> None:
    script = Script(loaded=["llama3.1:latest"])
    with served(ollama.create(script)) as url:
        assert await seen(url, Kind.OLLAMA) == Seen("", frozenset({"llama3.1:latest", "llama3.1"}))
        assert await seen(url, Kind.LLAMA_CPP) == Seen()  # no such path, which is an answer
        assert await seen(url, Kind.COMPATIBLE) == Seen()


async def test_nobody_is_there() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        assert await seen(url, Kind.VLLM) == Seen("cannot be reached")
