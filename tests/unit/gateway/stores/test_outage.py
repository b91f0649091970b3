"""Why Redis cannot be reached is told once, without its password, and that it is back."""

from __future__ import annotations

import logging

import pytest

from fakes.stores import free_port
from rackhouse.kit.postgres.outage import Outage
from rackhouse.services.gateway.store import outage
from rackhouse.services.gateway.store.answers import Shelf, connected
from rackhouse.services.gateway.store.outage import redis_within
from rackhouse.services.gateway.store.rates import RedisAway, SharedRates
from rackhouse.services.gateway.store.slots import SlotLeases


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "_REDIS", Outage("Redis", "REDIS_URL", logging.getLogger()))


async def test_why_redis_cannot_be_reached_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async with connected(f"redis://rack:hidden@127.0.0.1:{free_port()}/0") as redis:
        assert await Shelf(redis, "p:").get(b"key") is None
        assert await SlotLeases(redis, "p:", "me").take("gpu", 1, 0, 1) is None
        with pytest.raises(RedisAway):
            await SharedRates(redis, "p:").take("a", 1.0, 1, 1)
    (said,) = caplog.messages
    assert "Redis is away: ConnectionError: Error 111 connecting to 127.0.0.1" in said
    assert "REDIS_URL" in said
    assert "hidden" not in said
    for _ in range(2):
        async with redis_within(1.0):
            pass
    assert caplog.messages[1:] == ["Redis is back"]
