"""Asks a judge that the rack declares whether an answer holds. It may be away at any time: then an
answer is not judged, and the judge is left alone for a moment, so that nobody waits for it in vain.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Final

import aiohttp
import msgspec

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

    def __init__(
        self, session: aiohttp.ClientSession, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._session = session
        self._clock = clock
        self._again: dict[str, float] = {}  # by address: when it may be asked again

    async def says(self, named: Named, call: Call, answer: bytes) -> Said | None:
        """Its verdict on a whole answer; None where it says nothing in time. Never raises."""
        if self._clock() < self._again.get(named.judge, 0.0):
            return None
        asked = {"id": call.id, "model": call.model, "kind": call.kind, "request": call.payload}
        timeout = aiohttp.ClientTimeout(total=named.judge_seconds)
        try:
            body = msgspec.json.encode({**asked, "answer": msgspec.Raw(answer)})
            headers = {"content-type": "application/json"}
            async with self._session.post(
                named.judge, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                if response.status == 200:
                    return _decode(await _whole(response))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, RecursionError):
            pass
        self._again[named.judge] = self._clock() + _PAUSE
        return None


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > _MOST:
            raise ValueError(f"a verdict has more than {_MOST} bytes")
    return body


@asynccontextmanager
async def opened() -> AsyncIterator[Judge]:
    """With connections of its own, closed behind it."""
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), headers={"user-agent": "rackhouse"}
    ) as session:
        yield Judge(session)
