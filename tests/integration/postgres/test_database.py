"""Tables that come up to date by themselves, whoever starts first; a server that comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import psycopg
import pytest

from fakes.stores import Store
from rackhouse.kit.errors import Refused
from rackhouse.kit.postgres.database import Connection, Gone, opened
from rackhouse.kit.postgres.migrate import Migrations, migrate

pytestmark = pytest.mark.slow


async def _migrate(url: str, folder: Path) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await migrate(connection, Migrations("gateway", folder))


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


async def test_a_database_that_is_away_is_gone_and_comes_back(
    url: str, server: Store, tmp_path: Path
) -> None:
    async with opened(url, Migrations("own", tmp_path)) as database:
        assert await database.rows("SELECT count(*) FROM own_migrations") == [(0,)]
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


async def test_a_database_that_hangs_is_gone_too(url: str, server: Store, tmp_path: Path) -> None:
    async with opened(url, Migrations("own", tmp_path)) as database:
        with server.hanging():
            async with asyncio.timeout(60):
                with pytest.raises(Gone):
                    await database.rows("SELECT 1")
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(Gone):
                    assert await database.rows("SELECT 1") == [(1,)]
                    break


async def test_work_is_done_whole_or_not_at_all(url: str, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int)")

    async def work(connection: Connection) -> int:
        async with connection.transaction():
            await connection.execute("INSERT INTO first VALUES (1)")
            await connection.execute("SELECT pg_sleep(1)")
        return 7

    async with opened(url, Migrations("own", tmp_path)) as database:
        with pytest.raises(Gone) as gone:
            await database.work(work, patience=0.2)
        assert gone.value.asked
        assert await database.rows("SELECT * FROM first") == []
        assert await database.work(work) == 7
        assert await database.rows("SELECT * FROM first") == [(1,)]
