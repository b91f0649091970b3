"""PostgreSQL in a backup: the roles, and each database as `pg_dump` writes it, of one moment.

The checksums are taken in the very snapshot that the dump reads, so they agree however busy the
database is.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from rackhouse.kit.errors import StepFailed
from rackhouse.kit.process import Finished, run_sync
from rackhouse.operations.backup.bundle import BundleWriter

_ROLES = "postgres/roles.sql"
_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname !~ '^(pg_|information_schema)'
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True, repr=False)
class Server:
    """A PostgreSQL to dump or fill: where its programs lie, and the administrator's login."""

    programs: Path
    address: Mapping[str, str]  # host port user password

    def environment(self) -> dict[str, str]:
        """libpq's own variables: a password on a command line could be read by everybody."""
        a = self.address
        login = {"PGHOST": a["host"], "PGPORT": a["port"], "PGUSER": a["user"]}
        return {**os.environ, **login, "PGPASSWORD": a["password"]}

    def run(self, program: str, *arguments: str, input: str | None = None) -> Finished:  # noqa: A002
        """Run one of PostgreSQL's programs to its end. StepFailed with its last words."""
        done = run_sync(
            [str(self.programs / program), *arguments], env=self.environment(), input=input
        )
        if done.code:
            raise StepFailed(f"{program} failed: {done.last}", fix="see `rackhouse logs postgres`")
        return done

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the administrator's."""
        a = self.address
        return psycopg.connect(
            host=a["host"], port=a["port"], user=a["user"], password=a["password"], dbname=database
        )

    def databases(self) -> list[str]:
        """Every database but PostgreSQL's own."""
        with self.connect("postgres") as db:
            rows = db.execute(
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
                " ORDER BY datname"
            ).fetchall()
        return [name for (name,) in rows]


def dump(server: Server, bundle: BundleWriter, scratch: Path) -> None:
    """Put roles and databases into the bundle, with a checksum for every table."""
    roles = server.run("pg_dumpall", "--globals-only").out
    bundle.add_bytes(_ROLES, _without_administrator(roles, server.address["user"]).encode())
    for name in server.databases():
        with server.connect(name) as db:
            db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            row = db.execute("SELECT pg_export_snapshot()").fetchone()
            assert row is not None
            file = scratch / "postgres.dump"
            arguments = ["--format=custom", "--compress=0", "--create", f"--snapshot={row[0]}"]
            server.run("pg_dump", *arguments, f"--file={file}", name)
            bundle.sums |= _sums(db, name)
        bundle.add_file(f"postgres/{name}.dump", file)
        file.unlink()


def load(server: Server, folder: Path) -> None:
    """Fill an empty PostgreSQL from an unpacked bundle."""
    roles = (folder / _ROLES).read_text()
    server.run("psql", "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "postgres", input=roles)
    for file in sorted((folder / "postgres").glob("*.dump")):
        server.run("pg_restore", "--create", "--exit-on-error", "--dbname=postgres", str(file))


def sums(server: Server) -> dict[str, str]:
    """`postgres/<database>/<schema>.<table>` -> rows and a checksum that knows no row order."""
    found: dict[str, str] = {}
    for name in server.databases():
        with server.connect(name) as db:
            found |= _sums(db, name)
    return found


def _sums(db: psycopg.Connection, database: str) -> dict[str, str]:
    found = {}
    for schema, table in db.execute(_TABLES).fetchall():
        query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(schema, table))
        digest, count = hashlib.sha256(), 0
        with db.cursor("sums") as cursor:  # named: rows come in portions, not all at once
            for (row,) in cursor.execute(query):
                digest.update(row.encode() + b"\n")
                count += 1
        found[f"postgres/{database}/{schema}.{table}"] = f"{count} {digest.hexdigest()[:32]}"
    return found


def _without_administrator(roles: str, administrator: str) -> str:
    """The new PostgreSQL has an administrator of its own, with the password of the new vault."""
    own = re.compile(rf'^(CREATE|ALTER) ROLE "?{re.escape(administrator)}"?[ ;]')
    return "".join(line for line in roles.splitlines(keepends=True) if not own.match(line))
