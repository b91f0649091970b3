"""One service over HTTP: what it answers is typed, and what goes wrong is one of two things.

`Away` for a service that does not answer, or not as it should; `Refused` for what it refuses.
Nothing of a question stands in an error: errors are logged.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import msgspec

from rackhouse.kit.web.problem import Away
from rackhouse.services.study.model.found import Refused

T = TypeVar("T")
MOST = 16 * 2**20  # bytes of an answer
_CONNECT = 2.0  # seconds
_PATIENCE = 10.0  # seconds for a whole answer


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections that are kept open, for all clients of one process."""
    connector = aiohttp.TCPConnector(limit=64, limit_per_host=32, keepalive_timeout=30)
    async with aiohttp.ClientSession(
        connector=connector, auto_decompress=True, trust_env=False
    ) as one:
        yield one


class Door:
    """The service `name` at `url`; `key` is shown where it asks for one."""

    def __init__(self, session: aiohttp.ClientSession, name: str, url: str, key: str = "") -> None:
        self.name = name
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {key}"} if key else {}

    async def get(self, path: str, answer: type[T], **asked: str) -> T:
        """Of a GET."""
        return _read(self.name, await self._bytes("GET", path, params=asked), answer)

    async def post(
        self, path: str, body: object, answer: type[T], *, patience: float | None = None
    ) -> T:
        """Of a POST with JSON."""
        return _read(self.name, await self._sent("POST", path, body, patience), answer)

    async def put(self, path: str, body: object) -> None:
        """A PUT with JSON, whatever is answered."""
        await self._sent("PUT", path, body)

    async def _sent(
        self, method: str, path: str, body: object, patience: float | None = None
    ) -> bytes:
        headers = {"content-type": "application/json"}
        data = io.BytesIO(msgspec.json.encode(body))  # as aiohttp wants what is long
        return await self._bytes(method, path, patience, data=data, headers=headers)

    async def _bytes(
        self, method: str, path: str, patience: float | None = None, **more: Any
    ) -> bytes:
        async with self.asked(method, path, patience=patience or _PATIENCE, **more) as answer:
            return await _whole(self.name, answer)

    @asynccontextmanager
    async def asked(
        self,
        method: str,
        path: str,
        *,
        patience: float,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """An answer that has begun well. What breaks within is `Away` too."""
        times = aiohttp.ClientTimeout(total=patience, sock_connect=_CONNECT)
        try:
            async with self._session.request(
                method,
                f"{self._url}{path}",
                headers={**self._headers, **(headers or {})},
                timeout=times,
                allow_redirects=False,
                **more,
            ) as answer:
                await self._well(answer)
                yield answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise away(self.name, type(error).__name__) from None

    async def _well(self, answer: aiohttp.ClientResponse) -> None:
        if answer.status < 300:
            return
        if answer.status in {400, 404, 409, 413, 422}:
            said = await _whole(self.name, answer)
            fault = _fault(said)
            what = fault.message[:300] or f"{self.name} answers {answer.status}"
            raise Refused(what, str(fault.code), fault.fix[:300])
        raise away(self.name, f"it answers {answer.status}")


def away(name: str, why: str) -> Away:
    """That it does not answer, and why."""
    return Away(f"{name} is away: {why}", fix=f"look whether {name} runs; then ask again")


async def _whole(name: str, answer: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in answer.content.iter_any():
        size += len(part)
        if size > MOST:
            raise away(name, "its answer has no end")
        parts.append(part)
    return b"".join(parts)


def _read(name: str, said: bytes, answer: type[T]) -> T:
    try:
        return msgspec.json.decode(said, type=answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise away(name, "its answer is none that is known") from None


class _Fault(msgspec.Struct):
    message: str = ""
    code: str | int | None = None
    fix: str = ""


class _Problem(msgspec.Struct):
    error: _Fault = msgspec.field(default_factory=_Fault)


def _fault(said: bytes) -> _Fault:
    try:
        return msgspec.json.decode(said, type=_Problem).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Fault()
