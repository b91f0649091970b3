"""One PostgreSQL for these tests, which may kill it. Retrieval's role owns its database and nothing
else, as on a rack: row-level security does not bind a superuser.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest

from fakes.stores import Store, postgres
from rackhouse.kit.postgres.database import Database
from rackhouse.services.retrieval.store.database import Tenancy, opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with postgres(tmp_path_factory.mktemp("stores")) as one:
        yield one


@pytest.fixture
def url(server: Store) -> str:
    """An empty database with pgvector, of a role that may do no more."""
    server.start()
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS retrieval WITH (FORCE)")
        connection.execute("DROP ROLE IF EXISTS retrieval")
        connection.execute("CREATE ROLE retrieval LOGIN")
        connection.execute("CREATE DATABASE retrieval OWNER retrieval")
    own = server.url.replace("/postgres", "/retrieval")
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
    return own.replace("//rackhouse@", "//retrieval@")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """One with retrieval's tables."""
    async with opened(url) as one:
        yield one


@pytest.fixture
def tenancy(database: Database) -> Tenancy:
    return Tenancy(database)
