"""PostgreSQL in a backup: the roles, and each database as `pg_dump` writes it, of one moment.

The checksums are taken in the very snapshot that the dump reads, so they agree however busy the
database is; those of sequences, which no snapshot holds still, from the dump itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from rackhouse.kit.errors import StepFailed, Unavailable
from rackhouse.kit.process import run_sync
from rackhouse.operations.backup.bundle import BundleWriter, Sums

_ROLES, _OWN = "postgres/roles.sql", "postgres/own.dump"
_ADMIN_DATABASE = "postgres"  # there already in a new server, and the owner may keep things in it
_DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY 1"
# What CREATE EXTENSION brings is the extension's.
_RELATIONS = """
SELECT n.nspname, c.relname, format('%%I.%%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = %s AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
"""
_LARGE_OBJECTS = ("pg_catalog", "pg_largeobject", "large objects")
# Over the rows as text, whatever their order, computed where they are.
_SUM = """
SELECT count(*) || ' ' || coalesce(sum(('x' || left(md5(ROW(t.*)::text), 15))::bit(60)::bigint), 0)
FROM ONLY {} AS t
"""
_SET_SEQUENCE = re.compile(r"SELECT pg_catalog\.setval\('(.+)', (-?\d+), (true|false)\);")


@dataclass(frozen=True, slots=True, repr=False)
class Postgres:
    """All databases of one server: a `Content`. `programs` is where `pg_dump` lies."""

    programs: Path
    address: Mapping[str, str]  # host port user password

    def dump(self, bundle: BundleWriter) -> None:
        """Roles and databases, with a checksum for every table, sequence and the large objects."""
        roles, dump = bundle.scratch / "roles.sql", bundle.scratch / "postgres.dump"
        self._run("pg_dumpall", "--roles-only", f"--file={roles}")
        _drop_administrator(roles, self.address["user"])
        bundle.add_file(_ROLES, roles)
        roles.unlink()
        for number, name in enumerate(self._databases()):
            bundle.sums |= self._dump_one(name, dump)
            own = name == _ADMIN_DATABASE
            bundle.add_file(_OWN if own else f"postgres/{number:04}.dump", dump)
            dump.unlink()

    def load(self, unpacked: Path) -> None:
        """Fill an empty server."""
        quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
        self._run("psql", *quiet, f"--file={unpacked / _ROLES}")
        for file in sorted((unpacked / "postgres").glob("*.dump")):
            create = [] if file == unpacked / _OWN else ["--create"]
            into = f"--dbname={_ADMIN_DATABASE}"
            self._run("pg_restore", *create, "--exit-on-error", into, str(file))
            file.unlink()
        with self._connection(_ADMIN_DATABASE) as db:  # no dump says who may enter these
            for name in (_ADMIN_DATABASE, "template1"):
                revoke = sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC")
                db.execute(revoke.format(sql.Identifier(name)))

    def sums(self) -> Sums:
        """`postgres/<database>/<schema>.<table>` -> the number of rows, and a sum over them."""
        found: Sums = {}
        for name in self._databases():
            with self._connection(name) as db:
                found |= _table_sums(db, name) | _sequence_sums(db, name)
        return found

    def _dump_one(self, database: str, file: Path) -> Sums:
        with self._connection(database) as db:
            db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            (snapshot,) = db.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            whole = ("--format=custom", "--compress=0", "--create", "--no-tablespaces")
            self._run(
                "pg_dump", *whole, f"--snapshot={snapshot}", f"--file={file}", database=database
            )
            found = _table_sums(db, database)
        return found | self._dumped_sequences(file, database)

    def _dumped_sequences(self, dump: Path, database: str) -> Sums:
        """As `_sequence_sums`, from the dump."""
        toc, script = dump.with_suffix(".toc"), dump.with_suffix(".sql")
        self._run("pg_restore", "--list", f"--file={toc}", str(dump))
        entries = [line for line in toc.read_text().splitlines() if " SEQUENCE SET " in line]
        toc.write_text("\n".join(entries))
        self._run("pg_restore", f"--use-list={toc}", f"--file={script}", str(dump))
        sets = _SET_SEQUENCE.findall(script.read_text()) if entries else []
        toc.unlink()
        script.unlink()
        return {_name(database, name.replace("''", "'")): f"{at} {said}" for name, at, said in sets}

    def _databases(self) -> list[str]:
        with self._connection(_ADMIN_DATABASE) as db:
            return [name for (name,) in db.execute(_DATABASES)]

    def _run(self, program: str, *arguments: str, database: str = _ADMIN_DATABASE) -> None:
        """Run one of PostgreSQL's programs to its end. StepFailed with its last words."""
        a = self.address
        # By environment: a password on a command line could be read by everybody.
        login = {"PGHOST": a["host"], "PGPORT": a["port"], "PGUSER": a["user"]}
        env = {**os.environ, **login, "PGPASSWORD": a["password"], "PGDATABASE": database}
        done = run_sync([str(self.programs / program), *arguments], env=env)
        if done.code:
            raise StepFailed(f"{program} failed: {done.last}", fix="see `rackhouse logs postgres`")

    @contextmanager
    def _connection(self, database: str) -> Iterator[psycopg.Connection]:
        a = self.address
        try:
            with psycopg.connect(
                host=a["host"],
                port=a["port"],
                user=a["user"],
                password=a["password"],
                dbname=database,
            ) as db:
                yield db
        except psycopg.Error as error:
            raise Unavailable(
                f"it cannot be read: {str(error).strip().splitlines()[0]}",
                where=f"PostgreSQL at {a['host']}:{a['port']}",
                fix="see `rackhouse status` and `rackhouse logs postgres`",
            ) from error


def _table_sums(db: psycopg.Connection, database: str) -> Sums:
    found = {}
    tables = [*db.execute(_RELATIONS, ["r"]).fetchall(), _LARGE_OBJECTS]
    for schema, table, name in tables:
        query = sql.SQL(_SUM).format(sql.Identifier(schema, table))
        (found[_name(database, name)],) = db.execute(query).fetchone() or ("",)
    return found


def _sequence_sums(db: psycopg.Connection, database: str) -> Sums:
    found = {}
    for schema, sequence, name in db.execute(_RELATIONS, ["S"]).fetchall():
        query = sql.SQL("SELECT last_value || ' ' || is_called FROM {}")
        row = db.execute(query.format(sql.Identifier(schema, sequence))).fetchone()
        (found[_name(database, name)],) = row or ("",)
    return found


def _name(database: str, thing: str) -> str:
    return f"postgres/{database}/{thing}"


def _drop_administrator(roles: Path, administrator: str) -> None:
    """A new server has an administrator of its own, with the password of the new vault."""
    own = re.compile(rf'^(CREATE|ALTER) ROLE "?{re.escape(administrator)}"?[ ;]')
    lines = roles.read_text().splitlines(keepends=True)
    roles.write_text("".join(line for line in lines if not own.match(line)))
