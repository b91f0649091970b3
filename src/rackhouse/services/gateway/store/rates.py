"""Rates that replicas share, in Redis and by its clock. They may be lost: that costs a minute.

The same arithmetic as `service.limits.rate`, where all replicas do it together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from rackhouse.services.gateway.store.outage import NO_REDIS, redis_within

_PATIENCE = 0.25  # seconds

# KEYS 1; ARGV: seconds for each, how many at least, how many at most.
# Answers how many were taken, and the seconds until as many as wanted at least may be.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local each, least, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local room = math.floor((60 - (full - now)) / each + 0.000001)
local count = math.min(most, math.max(room, least))
if least > 0 and room < least then
    return {0, string.format('%.6f', full + least * each - now - 60)}
end
full = full + count * each
redis.call('SET', KEYS[1], string.format('%.6f', full), 'PX', math.ceil((full - now) * 1000) + 1000)
return {count, '0'}
"""

# KEYS 1; ARGV: seconds for each, how many went by. Answers the seconds until all are back.
_CHARGE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
full = full + tonumber(ARGV[1]) * tonumber(ARGV[2])
local left = math.ceil((full - now) * 1000) + 1000
redis.call('SET', KEYS[1], string.format('%.6f', full), 'PX', left)
return string.format('%.6f', full - now)
"""


class RedisAway(Exception):
    """Redis does not answer, or not in time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`count` of them may go by; where none may, `wait` seconds until one may."""

    count: int
    wait: float


class SharedRates:
    """Under `prefix`, one number for each rate. Every method raises RedisAway, after `patience`
    seconds at most.
    """

    def __init__(self, redis: Redis, prefix: str, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._prefix = prefix + "rate:"
        self._take = redis.register_script(_TAKE)
        self._charge = redis.register_script(_CHARGE)

    async def take(self, name: str, each: float, least: int, most: int) -> Taken:
        """From `least` to `most`, at a rate of one in `each` seconds; or none."""
        count, wait = await self._run(self._take, name, each, least, most)
        return Taken(int(count), float(wait))

    async def charge(self, name: str, each: float, count: int) -> float:
        """`count` went by, admitted or not. Seconds until the whole minute's worth is back."""
        return float(await self._run(self._charge, name, each, count))

    async def _run(self, script: Any, name: str, *values: float) -> Any:
        try:
            async with redis_within(self._patience):
                return await script(keys=[self._prefix + name], args=values)
        except NO_REDIS as error:
            raise RedisAway(type(error).__name__) from error
