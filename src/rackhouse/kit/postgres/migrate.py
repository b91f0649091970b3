"""Brings the tables up to date: the numbered files of a folder, each once and in order.

All of them in one transaction, one replica at a time. A file that was applied is never changed, and
a file only adds: the replicas of the version before go on beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from rackhouse.kit.errors import Refused

_LOCK = 7_201_160_906  # any number that nobody else takes in this database

_TABLE = SQL(
    """
CREATE TABLE IF NOT EXISTS {} (
    name text PRIMARY KEY,
    digest text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)
"""
)


@dataclass(frozen=True, slots=True)
class Migrations:
    """The files of a service, in `folder`. Its `name` begins that of the table of what was applied,
    and is the release's that one goes back to.
    """

    name: str
    folder: Path

    @property
    def table(self) -> str:
        """Where it is kept what was applied."""
        return f"{self.name}_migrations"


async def migrate(connection: psycopg.AsyncConnection[Any], files: Migrations) -> None:
    """Apply what is missing. Refused where a file is not the one that was applied by its name."""
    table = Identifier(files.table)
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        await connection.execute(_TABLE.format(table))
        rows = await connection.execute(SQL("SELECT name, digest FROM {}").format(table))
        applied: dict[str, str] = dict(await rows.fetchall())
        for file in sorted(files.folder.glob("*.sql")):
            text = file.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            before = applied.get(file.name, digest)
            if before != digest:
                raise _changed(file.name, files)
            if file.name not in applied:
                await connection.execute(text.encode())
                await connection.execute(
                    SQL("INSERT INTO {} (name, digest) VALUES (%s, %s)").format(table),
                    [file.name, digest],
                )


def _changed(name: str, files: Migrations) -> Refused:
    return Refused(
        f"{name} was changed after it had been applied",
        where=files.table,
        fix="put the file back as it was, for a change is a new file; or go back to the release"
        f" that applied it: `rackhouse rollback {files.name}`",
    )
