"""Asks a judge that the rack declares whether an answer holds. It may be away at any time: then an
answer is not judged, and the judge is left alone for a moment, so that nobody waits for it in vain.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Final

import msgspec

from rackhouse.services.gateway.clients.http import pool
from rackhouse.services.gateway.clients.http.errors import HttpError
from rackhouse.services.gateway.clients.http.pool import Pool
from rackhouse.services.gateway.clients.http.request import target, written
from rackhouse.services.gateway.clients.sessions import KEPT
from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.config import Named

_MOST: Final = 64 * 2**10  # bytes of a verdict
_PAUSE: Final = 5.0  # seconds for which a judge that did not answer is left alone


class Said(msgspec.Struct, frozen=True):
    """A judge's verdict: `score` from 0 to 1 says the same as `ok` more finely."""

    ok: bool
    score: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    why: str = ""


_decode = msgspec.json.Decoder(Said).decode


class Judge:
    """Of every name that declares one. Redirects are not followed: the address is the file's."""

    def __init__(self, pool: Pool, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._clock = clock
        self._again: dict[str, float] = {}  # by address: when it may be asked again

    async def says(self, named: Named, call: Call, answer: bytes) -> Said | None:
        """Its verdict on a whole answer; None where it says nothing in time. Never raises."""
        if self._clock() < self._again.get(named.judge, 0.0):
            return None
        asked = {"id": call.id, "model": call.model, "kind": call.kind, "request": call.payload}
        try:
            body = msgspec.json.encode({**asked, "answer": msgspec.Raw(answer)})
            async with asyncio.timeout(named.judge_seconds):
                return await self._verdict(named, body)
        except (HttpError, TimeoutError, ValueError, RecursionError):
            self._again[named.judge] = self._clock() + _PAUSE
            return None

    async def _verdict(self, named: Named, body: bytes) -> Said:
        to = target(named.judge)
        request = written("POST", to, "", {"content-type": "application/json"}, body)
        seconds = named.judge_seconds
        response = await self._pool.ask(to, request, connect=seconds, patience=seconds)
        said = await response.whole(_MOST)
        if response.status != 200:
            raise ValueError(f"a judge answered {response.status}")
        return _decode(said)


@asynccontextmanager
async def opened() -> AsyncIterator[Judge]:
    """With connections of its own, closed behind it."""
    async with pool.opened(Pool(KEPT)) as connections:
        yield Judge(connections)
