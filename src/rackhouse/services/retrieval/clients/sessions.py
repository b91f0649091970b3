"""HTTP to services of the rack: few connections, and never to where an answer points."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import msgspec

from rackhouse.services.retrieval.model.asking import NoAnswer, Refused

# Less than the five seconds after which uvicorn closes a connection that nobody uses.
_KEPT: Final = 4.0
_MOST: Final = 64 * 2**20  # bytes of an answer: a batch of vectors as numbers has some megabytes
_LOST: Final = (aiohttp.ClientError, OSError, TimeoutError)


@asynccontextmanager
async def opened() -> AsyncIterator[aiohttp.ClientSession]:
    """Closed behind."""
    connector = aiohttp.TCPConnector(limit=32, keepalive_timeout=_KEPT)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        yield session


async def asked(
    session: aiohttp.ClientSession, method: str, url: str, seconds: float, **more: Any
) -> bytes:
    """The body of an answer that is good. NoAnswer, Refused."""
    timeout = aiohttp.ClientTimeout(total=seconds, connect=min(2.0, seconds))
    try:
        async with session.request(
            method, url, timeout=timeout, allow_redirects=False, **more
        ) as answer:
            body = await _whole(answer)
    except _LOST as error:
        why = str(error) or f"no answer within {seconds:g} seconds"
        raise NoAnswer(f"{type(error).__name__}: {why}") from error
    if answer.status < 300:
        return body
    words = f"{answer.status}: {_message(body)}"
    again = answer.status in {408, 425, 429} or answer.status >= 500
    raise (NoAnswer if again else Refused)(words)


class _Fault(msgspec.Struct):
    message: str


class _Problem(msgspec.Struct):
    error: _Fault


def _message(body: bytes) -> str:
    """What a person can read of an answer that is no good."""
    try:
        return msgspec.json.decode(body, type=_Problem).error.message[:300]
    except ValueError:
        return body[:300].decode(errors="replace")


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in answer.content.iter_chunked(2**16):
        size += len(part)
        if size > _MOST:
            raise aiohttp.ClientPayloadError(f"it answers more than {_MOST} bytes")
        parts.append(part)
    return b"".join(parts)
