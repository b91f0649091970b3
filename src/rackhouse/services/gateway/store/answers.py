"""Answers that replicas share, in Redis. What is lost there is asked again, and nobody waits for a
server that is slow or away: it is left alone for a while.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from rackhouse.services.gateway.store.outage import NO_REDIS, redis_within

_PATIENCE = 0.1  # seconds; an answer of a model takes longer
_ALONE = 5.0  # seconds
_CONNECTIONS = 32
# Whoever asks has a clock of its own. The client uses asyncio.wait_for, which in Python 3.11
# forgets a cancellation that comes just as the answer does: tasks went on for ever.
_NO_CLOCKS = {"socket_timeout": None, "socket_connect_timeout": None}


class Shelf:
    """As `service.cache.Shelf`."""

    def __init__(
        self,
        redis: Redis,
        prefix: str,
        patience: float = _PATIENCE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._patience = patience
        self._now = now
        self._prefix = prefix.encode() + b"answer:"
        self._from = 0.0  # when it is asked again

    async def get(self, key: bytes) -> bytes | None:
        """None too where it cannot be asked just now."""
        found = await self._tried(lambda: self._redis.get(self._prefix + key))
        return found if isinstance(found, bytes) else None

    async def put(self, key: bytes, value: bytes, seconds: float) -> None:
        """Or not, where it cannot be asked just now."""
        lasting = max(1, round(seconds * 1e3))
        await self._tried(lambda: self._redis.set(self._prefix + key, value, px=lasting))

    async def _tried(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        if self._now() < self._from:
            return None
        try:
            async with redis_within(self._patience):
                return await ask()
        except NO_REDIS:
            self._from = self._now() + _ALONE
            return None


@asynccontextmanager
async def opened(url: str, prefix: str) -> AsyncIterator[Shelf]:
    """That server's, under `prefix`. It need not be there."""
    async with connected(url) as redis:
        yield Shelf(redis, prefix)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Redis]:
    """What asks once, and says at once that it cannot. Who finds all connections taken waits for
    one, within the time that the answer may take.
    """
    retry = Retry(NoBackoff(), 0)
    redis = Redis.from_pool(
        BlockingConnectionPool.from_url(
            url, max_connections=_CONNECTIONS, timeout=None, retry=retry, **_NO_CLOCKS
        )
    )
    try:
        yield redis
    finally:
        await redis.aclose()
