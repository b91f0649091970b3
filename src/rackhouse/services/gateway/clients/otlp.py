"""Sends spans to a collector, by OTLP over HTTP in JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp

_PATIENCE = 10.0  # seconds


class Collector:
    """One address."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]
    ) -> None:
        self._session = session
        self._url = url
        self._headers = {**headers, "content-type": "application/json"}

    async def send(self, body: bytes) -> bool:
        """Whether it has them. Never raises."""
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers, allow_redirects=False
            ) as answer:
                return answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return False


@asynccontextmanager
async def opened(url: str, headers: Mapping[str, str]) -> AsyncIterator[Collector]:
    """The collector at `url`."""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as it:
        yield Collector(it, url, headers)
