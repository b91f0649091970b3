"""One PostgreSQL and one Valkey for these tests, which may kill them; each has its own database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from fakes.stores import Store, postgres, valkey
from rackhouse.kit.postgres.database import Database
from rackhouse.services.gateway.store.database import opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("stores")) as one:
        yield one


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with valkey(tmp_path_factory.mktemp("stores")) as one:
        yield one


@pytest.fixture
async def url(server: Store) -> str:
    """An empty database."""
    server.start()
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as connection:
        await connection.execute("DROP DATABASE IF EXISTS gateway WITH (FORCE)")
        await connection.execute("CREATE DATABASE gateway")
    return server.url.replace("/postgres", "/gateway")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """One with the gateway's tables."""
    async with opened(url) as one:
        yield one
