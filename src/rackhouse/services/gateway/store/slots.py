"""Turns at an upstream that replicas share, in Redis: how many each of them may take. A replica
that dies is forgotten after a while, and its turns are the others'.
"""

from __future__ import annotations

import time
from typing import Final

from redis.asyncio import Redis

from rackhouse.services.gateway.store.outage import NO_REDIS, redis_within

LASTS: Final = 10.0  # seconds that a replica is believed to live without a word of it
_PATIENCE: Final = 0.5  # seconds
_ALONE: Final = 5.0  # seconds for which a server that does not answer is not asked again

# One hash for each upstream: replica -> "turns that it has, turns that it wants, when it is dead".
# Whoever has turns leaves one for each who has none and wants some: nobody starves.
_TAKE: Final = """
local me, slots, active, wanted, lasts = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]),
    tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local others, hungry, had = 0, 0, false
local known = redis.call('HGETALL', KEYS[1])
for i = 1, #known, 2 do
    local has, wants, dead = string.match(known[i + 1], '(%d+) (%d+) (%d+)')
    if tonumber(dead) <= now then
        redis.call('HDEL', KEYS[1], known[i])
    elseif known[i] == me then
        had = tonumber(has) > 0
    else
        others = others + has
        if tonumber(has) == 0 and tonumber(wants) > 0 then hungry = hungry + 1 end
    end
end
local free = slots - others
if had then free = free - hungry end
local granted = math.max(0, math.min(wanted, free))
if wanted == 0 then
    redis.call('HDEL', KEYS[1], me)
else
    local told = string.format('%d %d %d', math.max(granted, active), wanted, now + lasts)
    redis.call('HSET', KEYS[1], me, told)
    redis.call('PEXPIRE', KEYS[1], 2 * lasts)
end
return granted
"""


class SlotLeases:
    """As `service.slots.shared.Leases`, of one replica."""

    def __init__(self, redis: Redis, prefix: str, replica: str, lasts: float = LASTS) -> None:
        self._take = redis.register_script(_TAKE)
        self._prefix = f"{prefix}slots:"
        self._replica = replica
        self._lasts = round(lasts * 1000)
        self._from = 0.0  # when it is asked again

    async def take(self, name: str, slots: int, active: int, wanted: int) -> int | None:
        """How many turns it may have of those; None where that cannot be asked just now."""
        if time.monotonic() < self._from:
            return None
        told = (self._replica, slots, active, wanted, self._lasts)
        try:
            async with redis_within(_PATIENCE):
                return int(await self._take(keys=[self._prefix + name], args=told))
        except NO_REDIS:
            self._from = time.monotonic() + _ALONE
            return None
