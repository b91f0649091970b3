"""Why a store cannot be reached is told once, without its password, and that it is back."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from fakes.models.waiting import until_soon
from fakes.stores import free_port
from rackhouse.kit.postgres import database
from rackhouse.kit.postgres.database import Gone
from rackhouse.kit.postgres.migrate import Migrations
from rackhouse.kit.postgres.outage import Outage

OWN = Migrations("own", Path("nowhere"))


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WAIT", 0.2)


async def test_why_postgresql_cannot_be_reached(caplog: pytest.LogCaptureFixture) -> None:
    url = f"postgresql://rack:hidden@127.0.0.1:{free_port()}/none"
    async with database.opened(url, OWN) as base:
        with pytest.raises(Gone):
            await base.rows("SELECT 1")
        await until_soon(lambda: "Connection refused" in caplog.text)
    assert "whether DATABASE_URL names its host, port, user and password" in caplog.text
    assert "hidden" not in caplog.text
    assert {each.name for each in caplog.records} == {"rackhouse.own.stores"}


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
    async with database.opened(url.format(port=free_port()), OWN):
        await until_soon(lambda: "DATABASE_URL cannot be read" in caplog.text)
    assert not any(part in caplog.text for part in ("hid@", "hid/", "den"))


def test_a_guess_is_told_again_when_it_is_known_better(caplog: pytest.LogCaptureFixture) -> None:
    one = Outage("Redis", "REDIS_URL", logging.getLogger("own"))
    for why, sure in (("no answer", False), ("none", False), ("refused", True), ("lost", True)):
        one.missed(why, sure=sure)
    assert [each.split(": ")[1].split(".")[0] for each in caplog.messages] == [
        "no answer",
        "refused",
    ]
