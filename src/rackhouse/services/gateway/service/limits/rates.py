"""What a replica admits. With Redis the replicas share each rate: a replica takes a tenth of a
second's worth at once, so that a busy key does not ask Redis for each request. Without it each
replica counts by itself, which `alone` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from rackhouse.services.gateway.model.call import Call, Caller, Usage
from rackhouse.services.gateway.model.problem import TooMany
from rackhouse.services.gateway.service.limits.rate import MINUTE, Rate
from rackhouse.services.gateway.service.telemetry.metrics import Gauge
from rackhouse.services.gateway.store.rates import RedisAway, Taken

_SHARE = 600  # of a minute that is taken at once: a tenth of a second
_LAPSE = 1.0  # seconds after which what was taken and not used is forgotten
_TELL = 0.25  # seconds between two times that tokens are told
_ALONE = 1.0  # seconds for which Redis is left alone after it did not answer
_MOST = 10_000  # keys remembered


class Shared(Protocol):
    """Rates of all replicas. Every method raises RedisAway."""

    async def take(self, name: str, each: float, least: int, most: int) -> Taken:
        """From `least` to `most`, at a rate of one in `each` seconds; or none."""

    async def charge(self, name: str, each: float, count: int) -> float:
        """`count` went by, admitted or not. Seconds until the whole minute's worth is back."""


class _Key:
    """What this replica knows of one key's rates."""

    __slots__ = ("owed", "requests", "taken", "taken_at", "tokens", "told_at")

    def __init__(self, requests: int, tokens: int) -> None:
        self.requests = Rate(requests) if requests else None
        self.tokens = Rate(tokens) if tokens else None
        self.taken = 0  # of Redis, not used yet
        self.taken_at = 0.0
        self.owed = 0  # tokens that Redis was not told of
        self.told_at = 0.0


class Rates:
    """A `seams.Limits`. Tokens count when they have been used: nobody knows before how many."""

    def __init__(
        self, shared: Shared | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared = shared
        self._clock = clock
        self._keys: dict[tuple[str, int, int], _Key] = {}
        self._alone_until = 0.0

    @property
    def alone(self) -> bool:
        """Whether replicas count each by itself just now."""
        return self._shared is None or self._clock() < self._alone_until

    async def admit(self, caller: Caller) -> None:
        """As `seams.Limits`."""
        if not (caller.requests_per_minute or caller.tokens_per_minute):
            return
        key = self._key(caller.key, caller.requests_per_minute, caller.tokens_per_minute)
        if key.tokens is not None:
            await self._may_use(caller.key, key, key.tokens)
        if key.requests is not None:
            await self._may_ask(caller.key, key, key.requests)

    def used(self, call: Call, usage: Usage) -> None:
        """As `seams.Limits`."""
        caller = call.caller
        if not caller.tokens_per_minute:
            return
        key = self._key(caller.key, caller.requests_per_minute, caller.tokens_per_minute)
        if key.tokens is not None:
            count = usage.input + usage.output if usage.known else call.prompt // 4
            count = min(max(count, 0), 60 * caller.tokens_per_minute)
            key.tokens.take(count, self._clock())
            key.owed += count

    def gauges(self) -> Iterator[Gauge]:
        """As `seams.Limits`."""
        about = "1 while each replica counts rates by itself, since there is no Redis."
        yield Gauge("rates_alone", about, float(self.alone))

    async def _may_use(self, name: str, key: _Key, rate: Rate) -> None:
        now = self._clock()
        if self._shared and not self.alone and now - key.told_at >= _TELL:
            key.told_at, owed, key.owed = now, key.owed, 0
            try:
                back = await self._shared.charge(f"tokens:{name}", rate.each, owed)
                rate.full_at = now + back + key.owed * rate.each
            except RedisAway:
                key.owed += owed
                self._alone_until = self._clock() + _ALONE
        if wait := rate.wait(1, now):
            raise _too_many(name, "tokens", rate, wait)

    async def _may_ask(self, name: str, key: _Key, rate: Rate) -> None:
        now = self._clock()
        if now - key.taken_at >= _LAPSE:
            key.taken = 0
        if key.taken:
            key.taken -= 1
            return
        if self._shared and not self.alone:
            share = max(int(MINUTE / rate.each) // _SHARE, 1)
            try:
                taken = await self._shared.take(f"requests:{name}", rate.each, 1, share)
            except RedisAway:
                self._alone_until = self._clock() + _ALONE
            else:
                if not taken.count:
                    raise _too_many(name, "requests", rate, taken.wait)
                key.taken, key.taken_at = key.taken + taken.count - 1, now
                rate.take(taken.count, now)  # so that it goes on from there when Redis is away
                return
        if wait := rate.wait(1, now):
            raise _too_many(name, "requests", rate, wait)
        rate.take(1, now)

    def _key(self, name: str, requests: int, tokens: int) -> _Key:
        key = self._keys.get((name, requests, tokens))
        if key is None:
            while len(self._keys) >= _MOST:
                del self._keys[next(iter(self._keys))]
            key = self._keys[name, requests, tokens] = _Key(requests, tokens)
        return key


def _too_many(name: str, what: str, rate: Rate, wait: float) -> TooMany:
    return TooMany(
        f"the key {name} has a rate of {round(MINUTE / rate.each)} {what} a minute",
        fix=f"ask again in {wait:.1f} seconds",
        retry_after=wait,
    )
