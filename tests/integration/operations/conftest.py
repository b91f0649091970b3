"""A rack with three applications for the tests of day one, and the logins of its owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import redis

from e2e.conftest import Rack, end, new_rack
from rackhouse.apply.open import open_rack
from rackhouse.operations.backup.s3 import Storage
from rackhouse.operations.credentials import Login, address, cache, database


def _ask(rack: Rack, work: Callable[..., object]) -> object:
    house = open_rack(rack.file, root=rack.home, now=datetime.now(UTC))
    try:
        return asyncio.run(work(house))  # type: ignore[arg-type]
    finally:
        house.close()


def login(rack: Rack, application: str = "") -> Login:
    """To PostgreSQL, as the application or as the administrator."""
    found = _ask(rack, lambda house: database(house, application, None))
    assert isinstance(found, Login)
    return found


def postgres(who: Login, name: str = "") -> psycopg.Connection:
    """A connection that commits each statement."""
    return psycopg.connect(
        host=who.host,
        port=who.port,
        user=who.user,
        password=who.password,
        dbname=name or who.scope or "postgres",
        autocommit=True,
    )


def keys(rack: Rack, application: str = "", db: int = 0) -> redis.Redis:
    """A connection to Redis."""
    who = _ask(rack, lambda house: cache(house, application, None))
    assert isinstance(who, Login)
    port = int(who.port)
    return redis.Redis(host=who.host, port=port, db=db, username=who.user, password=who.password)


def storage(rack: Rack) -> Storage:
    """The objects, as the administrator."""

    async def where(house: object) -> dict[str, str]:
        async with house.world(house.wanted()) as world:  # type: ignore[attr-defined]
            return dict(await address(world, "objects"))

    found = _ask(rack, where)
    assert isinstance(found, dict)
    return Storage(found)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """A rack that is up, with guestbook, radicale and postcards."""
    rack = new_rack(tmp_path_factory.mktemp("lived in"), ("guestbook", "radicale", "postcards"))
    try:
        rack.run("up", "--detach")
        yield rack
    finally:
        end(rack)


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Callable[[Path], Rack]]:
    """Names state folders for racks that tests bring up, and ends those."""
    racks: list[Rack] = []

    def at(home: Path) -> Rack:
        racks.append(Rack(home=home, file=home / "source" / "rack.yaml"))
        return racks[-1]

    yield at
    for rack in racks:
        if rack.file.exists():
            end(rack)
