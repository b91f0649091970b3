"""A store that cannot be reached is told of once, with why and what to look at, and once more when
it is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis.exceptions import RedisError

NO_REDIS: Final = (RedisError, OSError, TimeoutError)

_log = logging.getLogger("rackhouse.gateway.stores")


class Outage:
    """Of one store, whose address is in the variable `named`."""

    def __init__(self, store: str, named: str) -> None:
        self._store = store
        self._named = named
        self._away = self._sure = False

    def missed(self, why: str, *, sure: bool = True) -> None:
        """It does not answer. Told again where the first time nobody was `sure` why."""
        if not self._away or (sure and not self._sure):
            _log.warning(
                "%s is away: %s. Look whether it runs, and whether %s names its host, port,"
                " user and password",
                *(self._store, why.rstrip(".?"), self._named),
            )
            self._sure = sure
        self._away = True

    def seen(self) -> None:
        """It answers."""
        if self._away:
            _log.warning("%s is back", self._store)
        self._away = self._sure = False


_REDIS: Final = Outage("Redis", "REDIS_URL")  # one for all that is shared there


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
