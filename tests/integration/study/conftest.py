"""A real PostgreSQL, of an owner who is no superuser: for those, PostgreSQL filters nothing. And a
real gateway with a scripted model behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from fakes.models.desk import Desk, desk
from fakes.stores import Store, postgres


def owned(server: Store) -> str:
    """The address of a new role's own database."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE study LOGIN")
        connection.execute("CREATE DATABASE study OWNER study")
    return server.url.replace("rackhouse@", "study@").replace("/postgres", "/study")


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str]]:
    with postgres(tmp_path_factory.mktemp("study")) as server:
        yield server, owned(server)


@pytest.fixture
def server(_server: tuple[Store, str]) -> Store:
    return _server[0]


@pytest.fixture
def database(_server: tuple[Store, str]) -> str:
    return _server[1]


@pytest.fixture(scope="module")
def _door() -> Iterator[Desk]:
    with desk(("only",)) as one:
        yield one


@pytest.fixture
def door(_door: Desk) -> Desk:
    return _door.fresh()
