"""Why a store cannot be reached is told once, without its password, and that it is back."""

from __future__ import annotations

import pytest

from fakes.models.waiting import until_soon
from fakes.stores import free_port
from rackhouse.services.gateway.store import database, outage
from rackhouse.services.gateway.store.answers import Shelf, connected
from rackhouse.services.gateway.store.database import Gone
from rackhouse.services.gateway.store.outage import Outage, redis_within
from rackhouse.services.gateway.store.rates import RedisAway, SharedRates
from rackhouse.services.gateway.store.slots import SlotLeases


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "_REDIS", Outage("Redis", "REDIS_URL"))
    monkeypatch.setattr(database, "_WAIT", 0.2)


async def test_why_postgresql_cannot_be_reached(caplog: pytest.LogCaptureFixture) -> None:
    url = f"postgresql://rack:hidden@127.0.0.1:{free_port()}/none"
    async with database.opened(url) as base:
        with pytest.raises(Gone):
            await base.rows("SELECT 1")
        await until_soon(lambda: "Connection refused" in caplog.text)
    assert "whether DATABASE_URL names its host, port, user and password" in caplog.text
    assert "hidden" not in caplog.text
    assert {each.name for each in caplog.records} == {"rackhouse.gateway.stores"}


@pytest.mark.parametrize(
    "url",
    [
        "postgres//rack:hid@den@host/db",
        "postgresql://rack:hid@den@127.0.0.1:{port}/db",
        "postgresql://rack:hid/den@127.0.0.1:{port}/db",
        "postgresql://rack:%hidden@127.0.0.1:{port}/db",
    ],
)
async def test_an_address_that_cannot_be_read_shows_nothing_of_itself(
    caplog: pytest.LogCaptureFixture, url: str
) -> None:
    async with database.opened(url.format(port=free_port())):
        await until_soon(lambda: "DATABASE_URL cannot be read" in caplog.text)
    assert not any(part in caplog.text for part in ("hid@", "hid/", "den"))


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


def test_a_guess_is_told_again_when_it_is_known_better(caplog: pytest.LogCaptureFixture) -> None:
    one = Outage("Redis", "REDIS_URL")
    for why, sure in (("no answer", False), ("none", False), ("refused", True), ("lost", True)):
        one.missed(why, sure=sure)
    assert [each.split(": ")[1].split(".")[0] for each in caplog.messages] == [
        "no answer",
        "refused",
    ]
