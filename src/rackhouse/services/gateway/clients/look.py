"""A cheap look at an upstream: does it answer at all, and which models does it hold in memory. It
asks for no work and counts no tokens.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec

from rackhouse.services.gateway.clients import sessions
from rackhouse.services.gateway.clients.http.errors import Broken, Unreached
from rackhouse.services.gateway.clients.http.request import target, written
from rackhouse.services.gateway.clients.sessions import Sessions
from rackhouse.services.gateway.model.config import Kind, Upstream

_PATHS = {
    Kind.OLLAMA: "/api/ps",
    Kind.LLAMA_CPP: "/running",  # of llama-swap; llama.cpp by itself has none, which is an answer
    Kind.VLLM: "/health",
    Kind.EMBEDDINGS: "/health",
}
_OTHERS = "/v1/models"
_LONGEST = 3.0  # seconds: who takes longer is busy, and says nothing by that
_MOST = 2**20  # bytes


class Seen(NamedTuple):
    """`why` it does not answer, "" where it does; the names of the models in its memory."""

    why: str = ""
    loaded: frozenset[str] = frozenset()


class _Held(msgspec.Struct):
    """Ollama's `name`, llama-swap's `model`."""

    name: str = ""
    model: str = ""
    state: str = "ready"


class _Running(msgspec.Struct):
    models: list[_Held] = []
    running: list[_Held] = []


# None: it was neither seen to be well nor to be ill.
Look = Callable[[Upstream], Awaitable[Seen | None]]


@asynccontextmanager
async def opened() -> AsyncIterator[Look]:
    """With connections of its own, so that a full pool of requests keeps nobody from looking."""
    async with sessions.opened() as pools:

        async def look(upstream: Upstream) -> Seen | None:
            try:
                return await _look(pools, upstream)
            except Unreached:
                return Seen("cannot be reached")
            except (Broken, TimeoutError, ssl.SSLError, ValueError):
                return None

        yield look


async def _look(pools: Sessions, upstream: Upstream) -> Seen | None:
    to = target(upstream.url)
    path = _PATHS.get(upstream.kind, _OTHERS)
    async with asyncio.timeout(_LONGEST):
        response = await pools.of(upstream).ask(
            to,
            written("GET", to, path, {"connection": "close"}),
            connect=upstream.connect,
            patience=_LONGEST,
            context=pools.trust(upstream),
        )
        try:
            if response.status == 503 and upstream.kind in _PATHS:
                return Seen("is not ready yet")
            if response.status != 200 or upstream.kind not in (Kind.OLLAMA, Kind.LLAMA_CPP):
                return Seen()
            return Seen(loaded=_loaded(await response.whole(_MOST)))
        finally:
            response.close()


def _loaded(said: bytes) -> frozenset[str]:
    try:
        told = msgspec.json.decode(said, type=_Running)
    except (ValueError, RecursionError):
        return frozenset()
    names = {each.name or each.model for each in told.models}
    names |= {each.model for each in told.running if each.state == "ready"}
    return frozenset(names | {name.removesuffix(":latest") for name in names})
