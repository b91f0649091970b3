"""Rates that replicas share in a real Valkey, and go on without when it is killed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from fakes.models.calls import call, caller
from fakes.stores import Store, valkey
from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.problem import TooMany
from rackhouse.services.gateway.service.limits.rates import Rates
from rackhouse.services.gateway.store.answers import connected
from rackhouse.services.gateway.store.rates import RedisAway, SharedRates

_PATIENCE = 20.0  # seconds: a busy machine is not one without Redis


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with valkey(tmp_path_factory.mktemp("stores")) as one:
        yield one


async def _admitted(rates: Rates, name: str, count: int, **limits: int) -> int:
    admitted = 0
    for _ in range(count):
        with suppress(TooMany):
            await rates.admit(caller(name, **limits))
            admitted += 1
    return admitted


def _back(since: float) -> float:
    """How many of thirty a minute came back since then."""
    return (time.monotonic() - since) / 2


async def test_the_replicas_of_a_gateway_share_each_rate(server: Store) -> None:
    async with connected(server.url) as redis:
        one, other = (Rates(SharedRates(redis, "app:", _PATIENCE)) for _ in range(2))
        since = time.monotonic()
        both = await asyncio.gather(
            *(_admitted(each, "a", 40, requests_per_minute=30) for each in (one, other))
        )
        assert 30 <= sum(both) <= 31 + _back(since)
        (key,) = await redis.keys("app:*")
        assert key == b"app:rate:requests:a"
        assert 0 < await redis.pttl(key) <= 62_000


async def test_tokens_that_another_replica_used_count(server: Store) -> None:
    async with connected(server.url) as redis:
        one, other = (Rates(SharedRates(redis, "app:", _PATIENCE)) for _ in range(2))
        who = caller("b", tokens_per_minute=600)
        one.used(call(who), Usage(input=9000, known=True))
        with pytest.raises(TooMany):
            await one.admit(who)
        with pytest.raises(TooMany):
            await other.admit(who)


@pytest.mark.slow
async def test_without_redis_each_counts_alone_and_together_again_when_it_is_back(
    server: Store,
) -> None:
    async with connected(server.url) as redis:
        rates, since = Rates(SharedRates(redis, "app:", _PATIENCE)), time.monotonic()
        assert await _admitted(rates, "c", 10, requests_per_minute=30) == 10
        server.kill()
        assert 20 <= await _admitted(rates, "c", 40, requests_per_minute=30) <= 21 + _back(since)
        assert rates.alone
        server.start()
        async with asyncio.timeout(20):
            while rates.alone:
                await asyncio.sleep(0.05)
        assert await _admitted(rates, "c", 40, requests_per_minute=30) >= 30


async def test_more_at_once_than_there_are_connections_are_counted_together(server: Store) -> None:
    async with connected(server.url) as redis:
        rates = Rates(SharedRates(redis, "many:", _PATIENCE))
        asking = (_admitted(rates, f"key-{n}", 1, requests_per_minute=60) for n in range(150))
        assert await asyncio.gather(*asking) == [1] * 150
        assert not rates.alone
        assert (await redis.info("clients"))["connected_clients"] < 100


async def test_a_redis_that_is_away_is_said_at_once() -> None:
    async with connected("redis://127.0.0.1:1/0") as redis:
        with pytest.raises(RedisAway):
            await SharedRates(redis, "").take("a", 1.0, 1, 1)
