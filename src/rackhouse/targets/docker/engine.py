"""One container engine over its socket: requests in the version that both speak, errors as words.

Knows no kind of thing. Everything that is asked of an engine goes through `Engine._send`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

import httpx

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.targets.docker.line import Line
from rackhouse.targets.docker.words import refusal

_OLDEST, _NEWEST = (1, 41), (1, 47)  # Docker 20.10 to 27
_PATIENCE = 60.0  # seconds for one answer; stopping a container adds its grace

NOTHING: Mapping[str, object] = MappingProxyType({})
NOT_FOUND, CONFLICT, SO_ALREADY = 404, 409, 304


class Engine:
    """At the end of `line`. Connects when it is first asked."""

    def __init__(self, line: Line) -> None:
        self.where = line.where
        self.line = line
        self._http: httpx.AsyncClient | None = None
        self._version = ""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] = NOTHING,
        body: Any = None,
        content: bytes = b"",
        fine: Collection[int] = (),
        patience: float = _PATIENCE,
    ) -> Any:
        """The answer's JSON; None when it has none, or when its status is one of `fine`."""
        headers = {"content-type": "application/x-tar"} if content else None
        request: dict[str, Any] = {"json": body, "headers": headers, "params": _query(query)}
        if content:
            request["content"] = content
        async with self._send(method, path, patience, fine, request) as answer:
            said = await answer.aread()
            return json.loads(said) if said and answer.is_success else None

    async def lines(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object],
        content: AsyncIterator[bytes] | None = None,
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Each line of a long answer (a pull, a load) as it comes; HostError when one is an
        error.
        """
        request = {"content": content, "params": _query(query)}
        async with self._send(method, path, None, (), request) as answer:
            async for line in answer.aiter_lines():
                told = json.loads(line) if line.strip() else {}
                if "error" in told:
                    raise refusal(f"{method} {path}", self.where, 500, str(told["error"]))
                yield told

    async def raw(self, path: str, *, query: Mapping[str, object]) -> AsyncIterator[bytes]:
        """An answer's bytes as they come, for as long as they do."""
        async with self._send("GET", path, None, (), {"params": _query(query)}) as answer:
            async for piece in answer.aiter_raw():
                yield piece

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()
        await self.line.close()

    @asynccontextmanager
    async def _send(
        self,
        method: str,
        path: str,
        patience: float | None,
        fine: Collection[int],
        request: Mapping[str, Any],
    ) -> AsyncIterator[httpx.Response]:
        if not self._version and path != "/version":
            self._version = await self._negotiate()
        http = await self._client()
        timeout = httpx.Timeout(patience, connect=5.0)
        try:
            async with http.stream(
                method, self._version + path, timeout=timeout, **request
            ) as answer:
                if answer.is_error and answer.status_code not in fine:
                    said = _message(await answer.aread())
                    raise refusal(f"{method} {path}", self.where, answer.status_code, said)
                yield answer
        except (httpx.HTTPError, OSError) as error:
            raise Unavailable(
                f"the engine does not answer: {str(error) or type(error).__name__}",
                where=self.where,
                fix="is it running there, and may this account open its socket (group docker)?",
            ) from error

    async def _client(self) -> httpx.AsyncClient:
        socket = await self.line.socket()
        if self._http is None:
            transport = httpx.AsyncHTTPTransport(uds=socket)
            self._http = httpx.AsyncClient(transport=transport, base_url="http://docker")
        return self._http

    async def _negotiate(self) -> str:
        """The newest version that both speak, as a path begins."""
        told = await self.ask("GET", "/version")
        newest, oldest = _numbers(told["ApiVersion"]), _numbers(told.get("MinAPIVersion", "1.12"))
        if newest < _OLDEST or oldest > _NEWEST:
            raise HostError(
                f"Docker {told['Version']} speaks API {told['ApiVersion']}; "
                f"Rackhouse speaks {_dotted(_OLDEST)} to {_dotted(_NEWEST)}",
                where=self.where,
                fix="upgrade the older of the two",
            )
        return f"/v{_dotted(min(newest, _NEWEST))}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _query(query: Mapping[str, object]) -> dict[str, str]:
    """Lists and mappings (filters) as JSON, the rest as it is."""
    return {
        key: json.dumps(value) if isinstance(value, dict | list) else str(value)
        for key, value in query.items()
    }


def _message(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError, TypeError):
        return answer.decode(errors="replace")
