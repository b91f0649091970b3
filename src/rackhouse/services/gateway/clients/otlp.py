"""Sends spans to a collector, by OTLP over HTTP in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from rackhouse.services.gateway.clients.http import pool
from rackhouse.services.gateway.clients.http.errors import HttpError
from rackhouse.services.gateway.clients.http.pool import Pool
from rackhouse.services.gateway.clients.http.request import target, written
from rackhouse.services.gateway.clients.sessions import KEPT

_PATIENCE = 10.0  # seconds
_MOST = 64 * 2**10  # bytes of its answer, which nobody reads


class Collector:
    """One address."""

    def __init__(self, pool: Pool, url: str, headers: Mapping[str, str]) -> None:
        self._pool = pool
        self._url = url
        self._headers = {**headers, "content-type": "application/json"}

    async def send(self, body: bytes) -> bool:
        """Whether it has them. Never raises."""
        try:
            to = target(self._url)
            request = written("POST", to, "", self._headers, body)
            async with asyncio.timeout(_PATIENCE):
                answer = await self._pool.ask(to, request, connect=_PATIENCE, patience=_PATIENCE)
                await answer.whole(_MOST)
            return answer.status < 300
        except (HttpError, TimeoutError, ValueError):
            return False


@asynccontextmanager
async def opened(url: str, headers: Mapping[str, str]) -> AsyncIterator[Collector]:
    """The collector at `url`."""
    async with pool.opened(Pool(KEPT)) as connections:
        yield Collector(connections, url, headers)
