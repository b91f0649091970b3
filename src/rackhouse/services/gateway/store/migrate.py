"""Brings the tables up to date: the numbered files of `migrations/`, each once and in order.

All of them in one transaction, one replica at a time. A file that was applied is never changed, and
a file only adds: the replicas of the version before go on beside it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import psycopg

from rackhouse.kit.errors import Refused

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_201_160_906  # any number that nobody else takes in this database

_TABLE = """
CREATE TABLE IF NOT EXISTS gateway_migrations (
    name text PRIMARY KEY,
    digest text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""


async def migrate(connection: psycopg.AsyncConnection[Any], folder: Path = _FOLDER) -> None:
    """Apply what is missing. Refused where a file is not the one that was applied by its name."""
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        await connection.execute(_TABLE)
        rows = await connection.execute("SELECT name, digest FROM gateway_migrations")
        applied: dict[str, str] = dict(await rows.fetchall())
        for name, text in _files(folder):
            await _apply(connection, name, text, applied.get(name, ""))


def _files(folder: Path) -> list[tuple[str, str]]:
    return [(file.name, file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.sql"))]


async def _apply(
    connection: psycopg.AsyncConnection[Any], name: str, text: str, before: str
) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    if before == digest:
        return
    if before:
        raise Refused(
            f"{name} was changed after it had been applied",
            where="gateway_migrations",
            fix="put the file back as it was, for a change is a new file; or go back to the release"
            " that applied it: `rackhouse rollback gateway`",
        )
    await connection.execute(text.encode())
    await connection.execute(
        "INSERT INTO gateway_migrations (name, digest) VALUES (%s, %s)", [name, digest]
    )
