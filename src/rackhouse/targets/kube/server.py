"""One API server over HTTPS: requests and answers, its refusals as words. Knows no kind of object.

Everything that is asked of a cluster goes through `Server.send`. Connections are kept and shared.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx

from rackhouse.kit.errors import WorldChanged
from rackhouse.targets.kube import wire
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.trouble import silence, unauthorized
from rackhouse.targets.kube.words import refusal

PAGE = 500  # objects in one answer
_AT_ONCE = 16  # requests
_PATIENCE = 35.0  # seconds for one answer: the server gives a webhook 30 at most
_ASKED_AGAIN = 4  # times, when it says that it has too much to do
_LONGEST = 5.0  # seconds until then
_WIDEST = 1 << 20  # bytes of a line

NOTHING: Mapping[str, str] = MappingProxyType({})
JSON, APPLY = "application/json", "application/apply-patch+yaml"
NAMES = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
_GONE = 410


@dataclass(frozen=True, slots=True)
class Answer:
    """A status code with the JSON that came with it, and what the server warns of."""

    code: int
    body: Any
    warnings: tuple[str, ...] = ()


class Server:
    """The API server of `access`. Connects when it is first asked."""

    def __init__(self, access: Access, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.access = access
        self._transport = transport
        self._http: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @property
    def where(self) -> str:
        """Its address, for people."""
        return self.access.server

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Any = None,
        fine: Collection[int] = (),
    ) -> Any:
        """The answer's JSON; None where its status is one of `fine`. Else the error in words."""
        answer = await self.send(method, path, query=query, body=body)
        if answer.code < 400:
            return answer.body
        if answer.code in fine:
            return None
        raise refusal(f"{method} {path}", self.where, answer.code, answer.body)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Any = None,
        kind: str = JSON,
        accept: str = JSON,
    ) -> Answer:
        """Any answer but 401, asked again where the server says that it has too much to do."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"accept": accept, "content-type": kind}
        for again in range(_ASKED_AGAIN, -1, -1):
            said = await self._send(method, path, query, content, headers)
            later = said.headers.get("retry-after")
            if said.status_code not in {429, 503} or not later or not again:
                break
            await asyncio.sleep(min(_seconds(later), _LONGEST))
        if said.status_code == 401:
            raise unauthorized(self.access, said.headers.get("date"), time.time())
        warnings = tuple(map(_warning, said.headers.get_list("warning")))
        return Answer(said.status_code, _opened(said), warnings)

    async def text(self, path: str, query: Mapping[str, str]) -> str:
        """Plain text, such as a log; empty where there is none."""
        said = await self._send("GET", path, query, None, {})
        return said.text if said.is_success else ""

    async def lines(self, path: str, query: Mapping[str, str]) -> AsyncIterator[bytes]:
        """Each line of a text that goes on, as it comes; the error in words where there is none.

        A connection of its own, kept for as long as it is read. Unavailable when it breaks.
        """
        rest = b""
        try:
            async with (
                wire.client(
                    self.access, at_once=1, patience=None, transport=self._transport
                ) as http,
                http.stream(
                    "GET", path, params=dict(query), extensions=wire.named(self.access)
                ) as said,
            ):
                if not said.is_success:
                    await said.aread()
                    raise refusal(f"GET {path}", self.where, said.status_code, _opened(said))
                async for chunk in said.aiter_bytes():
                    *whole, rest = (rest + chunk).split(b"\n")
                    for line in whole:
                        yield line
                    rest = rest[:_WIDEST]
        except (httpx.HTTPError, OSError) as error:
            raise silence(error, self.access) from error
        if rest:
            yield rest

    async def listed(
        self, path: str, *, query: Mapping[str, str] = NOTHING, accept: str = JSON
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Every object of a list, page by page; nothing where there is no such kind.

        WorldChanged where it changed so fast that the server lost the place.
        """
        token = ""
        while True:
            page = {**query, "limit": str(PAGE), **({"continue": token} if token else {})}
            answer = await self.send("GET", path, query=page, accept=accept)
            if answer.code == 404:
                return
            if answer.code == _GONE:
                what = f"the list {path} changed faster than it could be read"
                raise WorldChanged(what, where=self.where, fix="run it again")
            if answer.code >= 400:
                raise refusal(f"GET {path}", self.where, answer.code, answer.body)
            for each in answer.body.get("items") or ():
                yield each
            token = (answer.body.get("metadata") or {}).get("continue") or ""
            if not token:
                return

    async def close(self) -> None:
        """Let go of the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        content: bytes | None,
        headers: Mapping[str, str],
    ) -> httpx.Response:
        async with self._slots:
            try:
                http = self._client()
                request = http.build_request(
                    method,
                    path,
                    params=dict(query),
                    content=content,
                    headers=dict(headers),
                    extensions=wire.named(self.access),
                )
                try:
                    return await http.send(request)
                except httpx.RemoteProtocolError:  # it had let go of a kept connection
                    if method == "POST":  # it may have done that before
                        raise
                return await http.send(request)
            except (httpx.HTTPError, OSError) as error:
                raise silence(error, self.access) from error

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = wire.client(
                self.access, at_once=_AT_ONCE, patience=_PATIENCE, transport=self._transport
            )
        return self._http


def _opened(said: httpx.Response) -> Any:
    try:
        return said.json() if said.content else {}
    except ValueError:
        return {"message": said.text[:200].strip()}


def _warning(header: str) -> str:
    """The text of `299 - "..."`."""
    return header.partition('"')[2].rpartition('"')[0].replace('\\"', '"') or header


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 1.0
