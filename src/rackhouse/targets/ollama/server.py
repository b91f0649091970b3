"""One Ollama: its models, pulled and deleted by its API (github.com/ollama/ollama, docs/api.md)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from rackhouse.kit.errors import HostError, Missing, RackhouseError, Unavailable
from rackhouse.transport.address import Address

if TYPE_CHECKING:  # it takes 0.3 s to import
    from rackhouse.transport.way import Way

_PATIENCE = 60.0  # seconds for an answer, or between two lines of a pull
_NOT_FOUND = 404


class Server:
    """At `host` and `port` as this machine reaches them, or as the machine at `over` does."""

    def __init__(self, host: str, port: int, over: Address | None = None) -> None:
        self.where = f"Ollama at {host}:{port}" + (f" by way of {over}" if over else "")
        self._host, self._port, self._over = host, port, over
        self._way: Way | None = None
        self._http: httpx.AsyncClient | None = None

    async def models(self) -> Mapping[str, str]:
        """The digest of each model that is there, by its whole name (`llama3.1:8b`)."""
        async with self._send("GET", "/api/tags") as answer:
            told = json.loads(await answer.aread())
        return {each["name"]: str(each.get("digest", "")) for each in told["models"]}

    async def pull(self, model: str) -> AsyncIterator[Mapping[str, Any]]:
        """What it tells of a pull, line by line. One that was cut off goes on where it was."""
        async with self._send("POST", "/api/pull", {"model": model, "stream": True}) as answer:
            async for line in answer.aiter_lines():
                told = json.loads(line) if line.strip() else {}
                if "error" in told:
                    raise self._refusal(model, str(told["error"]))
                yield told

    async def delete(self, model: str) -> None:
        """From its disk. Absent is success."""
        async with self._send("DELETE", "/api/delete", {"model": model}):
            pass

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()
        if self._way is not None:
            await self._way.close()

    @asynccontextmanager
    async def _send(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> AsyncIterator[httpx.Response]:
        try:
            http = await self._client()
            async with http.stream(method, path, json=body) as answer:
                gone = method == "DELETE" and answer.status_code == _NOT_FOUND
                if answer.is_error and not gone:
                    raise self._refusal(path, _message(await answer.aread()))
                yield answer
        except (httpx.HTTPError, OSError) as error:
            raise Unavailable(
                f"it does not answer: {str(error) or type(error).__name__}",
                where=self.where,
                fix="is its container running there (`docker ps`)? Apply again: a pull goes on",
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            what = f"{path}: what answers is no Ollama"
            raise HostError(what, where=self.where, fix="look at `image` and `port`") from error

    async def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            transport = httpx.AsyncHTTPTransport(uds=await self._socket())
            self._http = httpx.AsyncClient(
                transport=transport,
                base_url=f"http://{self._host}:{self._port}",
                timeout=_PATIENCE,
            )
        return self._http

    async def _socket(self) -> str | None:
        from rackhouse.transport.way import Way

        if self._over is None:
            return None
        self._way = Way(self._over)
        return await self._way.port(self._host, self._port)

    def _refusal(self, what: str, said: str) -> RackhouseError:
        if "file does not exist" in said or "not found" in said:
            fix = "see its name and tag in Ollama's library"
            return Missing(f"{what}: {said}", where=self.where, fix=fix)
        if "no space" in said:
            return HostError(f"{what}: {said}", where=self.where, fix="make room on its disk")
        fix = "can that machine reach Ollama's library?"
        return HostError(f"{what}: {said}", where=self.where, fix=fix)


def _message(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, KeyError, TypeError):
        return answer.decode(errors="replace")
