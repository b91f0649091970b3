"""Redis that cannot be reached is told of once, and once more when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis.exceptions import RedisError

from rackhouse.kit.postgres.outage import Outage

NO_REDIS: Final = (RedisError, OSError, TimeoutError)

# One for all that is shared there.
_REDIS: Final = Outage("Redis", "REDIS_URL", logging.getLogger("rackhouse.gateway.stores"))


@asynccontextmanager
async def redis_within(seconds: float) -> AsyncIterator[None]:
    """What asks Redis, and may take that long. Raises one of NO_REDIS, which is told."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except NO_REDIS as error:
        why = str(error) or f"no answer within {seconds:g} seconds"
        _REDIS.missed(f"{type(error).__name__}: {why}")
        raise
    _REDIS.seen()
