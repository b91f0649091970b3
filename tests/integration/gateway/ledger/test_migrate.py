"""A gateway whose tables are not as its release wants them."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from fakes.stores import Store
from rackhouse.kit.errors import Refused
from rackhouse.kit.postgres.database import Gone
from rackhouse.services.gateway.store.database import opened

pytestmark = pytest.mark.slow


async def _changed(url: str) -> None:
    """As if the first file had said something else when it was applied."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(
            "UPDATE gateway_migrations SET digest = 'x' WHERE name LIKE '0001%'"
        )


async def test_a_release_that_does_not_fit_the_tables_does_not_begin(url: str) -> None:
    async with opened(url):
        await _changed(url)
    with pytest.raises(Refused, match=r"0001.* was changed"):
        async with opened(url):
            pass


async def test_tables_that_do_not_fit_are_told_of_when_they_are_reached_late(
    url: str, server: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(url):
        await _changed(url)
    server.kill()
    async with opened(url) as database:  # which begins without it
        server.start()
        async with asyncio.timeout(20):
            while "PostgreSQL is not used" not in caplog.text:
                await asyncio.sleep(0.05)
        assert "rackhouse rollback gateway" in caplog.text
        with pytest.raises(Gone, match=r"0001.* was changed"):
            await database.rows("SELECT 1")
