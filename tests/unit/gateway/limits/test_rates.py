"""What a replica admits by itself, and together with others."""

from __future__ import annotations

import contextlib

import pytest

from fakes.models.calls import call, caller
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.problem import TooMany
from rackhouse.services.gateway.service.limits.rate import Rate
from rackhouse.services.gateway.service.limits.rates import Rates
from rackhouse.services.gateway.store.rates import RedisAway, Taken


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Together:
    """Rates of all replicas, in memory; `away` as Redis may be."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: dict[str, Rate] = {}
        self.away = False
        self.asked = 0

    async def take(self, name: str, each: float, least: int, most: int) -> Taken:
        rate = self._rate(name, each)
        if wait := rate.wait(least, self._clock()):
            return Taken(0, wait)
        count = min(most, rate.room(self._clock()))
        rate.take(count, self._clock())
        return Taken(count, 0.0)

    async def charge(self, name: str, each: float, count: int) -> float:
        rate = self._rate(name, each)
        rate.take(count, self._clock())
        return rate.full_at - self._clock()

    def _rate(self, name: str, each: float) -> Rate:
        self.asked += 1
        if self.away:
            raise RedisAway("away")
        return self._rates.setdefault(name, Rate(round(60 / each)))


async def _admitted(rates: Rates, count: int, **limits: int) -> int:
    admitted = 0
    for _ in range(count):
        with contextlib.suppress(TooMany):
            await rates.admit(caller(**limits))
            admitted += 1
    return admitted


async def test_requests_a_minute() -> None:
    clock = Clock()
    rates = Rates(clock=clock)
    assert await _admitted(rates, 20, requests_per_minute=12) == 12
    clock.now += 10
    assert await _admitted(rates, 20, requests_per_minute=12) == 2


async def test_replicas_share_a_rate() -> None:
    clock = Clock()
    together = Together(clock)
    replicas = [Rates(together, clock) for _ in range(3)]
    assert sum([await _admitted(each, 20, requests_per_minute=12) for each in replicas]) == 12


async def test_a_busy_key_does_not_ask_for_each_request() -> None:
    clock = Clock()
    together = Together(clock)
    rates = Rates(together, clock)
    assert await _admitted(rates, 1000, requests_per_minute=60_000) == 1000
    assert together.asked == 10


async def test_without_redis_each_replica_goes_on_from_what_it_knows() -> None:
    clock = Clock()
    together = Together(clock)
    rates = Rates(together, clock)
    assert await _admitted(rates, 8, requests_per_minute=12) == 8
    together.away = True
    assert not rates.alone
    assert await _admitted(rates, 8, requests_per_minute=12) == 4
    assert rates.alone
    together.away = False
    clock.now += 5
    assert await _admitted(rates, 8, requests_per_minute=12) == 4 + 1
    assert not rates.alone


async def test_tokens_count_when_they_were_used_wherever_that_was() -> None:
    clock = Clock()
    together = Together(clock)
    one, other = (Rates(together, clock) for _ in range(2))
    who = caller(tokens_per_minute=600)
    for _ in range(3):
        await one.admit(who)
    one.used(call(who), Usage(input=500, output=400, known=True))
    with pytest.raises(TooMany, match="600 tokens a minute") as refused:
        await one.admit(who)
    assert 30 < refused.value.retry_after < 31
    clock.now += 0.3
    with pytest.raises(TooMany):
        await one.admit(who)  # and with this the others know
    with pytest.raises(TooMany):
        await other.admit(who)
    clock.now += 31
    await other.admit(who)


async def test_who_has_no_rates_is_admitted_and_not_remembered() -> None:
    rates = Rates()
    assert await _admitted(rates, 5) == 5
    assert not rates._keys
