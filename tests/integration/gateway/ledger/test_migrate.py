"""Tables that come up to date by themselves, whoever starts first; a server that comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import psycopg
import pytest

from fakes.stores import Store
from rackhouse.kit.errors import Refused
from rackhouse.services.gateway.store.database import Gone, opened
from rackhouse.services.gateway.store.migrate import migrate

pytestmark = pytest.mark.slow


async def _migrate(url: str, folder: Path) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await migrate(connection, folder)


async def test_replicas_that_start_together_apply_each_file_once(url: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int);")
    (tmp_path / "0002_second.sql").write_text("INSERT INTO first VALUES (1); SELECT 1")
    await asyncio.gather(*(_migrate(url, tmp_path) for _ in range(4)))
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await connection.execute("SELECT count(*) FROM first")
        assert await rows.fetchone() == (1,)


async def test_a_file_that_fails_leaves_nothing(url: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int); SELECT nothing;")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        await _migrate(url, tmp_path)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await connection.execute("SELECT to_regclass('first')")
        assert await rows.fetchone() == (None,)


async def test_a_file_that_was_changed_afterwards_is_refused(url: str, tmp_path: Path) -> None:
    file = tmp_path / "0001_first.sql"
    file.write_text("SELECT 1")
    await _migrate(url, tmp_path)
    file.write_text("SELECT 2")
    with pytest.raises(Refused, match="0001_first"):
        await _migrate(url, tmp_path)


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


async def test_a_database_that_is_away_is_gone_and_comes_back(url: str, server: Store) -> None:
    async with opened(url) as database:
        assert await database.rows("SELECT count(*) FROM gateway_leases") == [(0,)]
        server.kill()
        async with asyncio.timeout(20):
            with contextlib.suppress(Gone):
                while True:  # what serves a connection outlives the server for a moment
                    await database.rows("SELECT 1")
        server.start()
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(Gone):
                    assert await database.rows("SELECT 1") == [(1,)]
                    break


async def test_a_database_that_hangs_is_gone_too(url: str, server: Store) -> None:
    async with opened(url) as database:
        with server.hanging():
            async with asyncio.timeout(60):
                with pytest.raises(Gone):
                    await database.rows("SELECT 1")
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(Gone):
                    assert await database.rows("SELECT 1") == [(1,)]
                    break
