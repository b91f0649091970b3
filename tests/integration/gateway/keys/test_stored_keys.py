"""People's keys in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fakes.stores import Store, postgres
from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.model.config import Limit, Period
from rackhouse.services.gateway.model.keys import PersonKey
from rackhouse.services.gateway.store.database import opened
from rackhouse.services.gateway.store.keys import StoredKeys

pytestmark = pytest.mark.slow

DIGEST = bytes(32)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("stores")) as one:
        yield one


@pytest.fixture
async def database(server: Store) -> AsyncIterator[Database]:
    async with opened(server.url) as one:
        await one.rows("DELETE FROM gateway_keys")
        yield one


async def test_a_key_comes_back_as_it_was_made_until_it_is_revoked(database: Database) -> None:
    store = StoredKeys(database)
    key = PersonKey(
        name="ruth.laptop",
        person="ruth",
        application="study",
        models=("chat", "embed"),
        limits=(Limit(period=Period.DAY, money=10**9, hard=False),),
        requests_per_minute=60,
        tokens_per_minute=10**10,
        expires=datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1),
    )
    assert await store.add(key, DIGEST)
    assert not await store.add(key, bytes(31) + b"1")
    found = await store.find(DIGEST)
    assert found is not None
    assert found.made is not None
    assert (
        PersonKey(
            **{name: getattr(found, name) for name in key.__struct_fields__ if name != "made"}
        )
        == key
    )
    assert await store.all() == [found]
    assert await store.revoke("ruth.laptop")
    assert not await store.revoke("ruth.laptop")
    assert await store.find(DIGEST) is None


async def test_a_key_ends_by_the_clock_of_the_database(database: Database) -> None:
    store = StoredKeys(database)
    past = datetime.now(UTC) - timedelta(seconds=1)
    await store.add(PersonKey(name="old", expires=past), DIGEST)
    assert await store.find(DIGEST) is None
    assert len(await store.all()) == 1
