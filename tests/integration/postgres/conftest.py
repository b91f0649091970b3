"""One PostgreSQL for these tests, which may kill it; each has an empty database."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from fakes.stores import Store, postgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("stores")) as one:
        yield one


@pytest.fixture
async def url(server: Store) -> str:
    """An empty database."""
    server.start()
    async with await psycopg.AsyncConnection.connect(server.url, autocommit=True) as connection:
        await connection.execute("DROP DATABASE IF EXISTS own WITH (FORCE)")
        await connection.execute("CREATE DATABASE own")
    return server.url.replace("/postgres", "/own")
