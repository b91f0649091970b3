"""What the forge remembers, in the store's SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, fields, replace
from pathlib import Path
from typing import Any

from rackhouse.store.database import connect, guarded, transaction
from rackhouse.store.forge import (
    AuditRow,
    Event,
    JobRow,
    PreviewRow,
    RepositoryRow,
    RunRow,
    RunStatus,
    Scope,
    TokenRow,
)


class SqliteForge:
    """What the forge remembers (see `forge.Forge`), in the SQLite file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)

    # repositories

    def repository(self, name: str) -> RepositoryRow | None:
        rows = self._all("SELECT * FROM repository WHERE name = ?", name)
        return _repository(rows[0]) if rows else None

    def repositories(self) -> Sequence[RepositoryRow]:
        return [_repository(row) for row in self._all("SELECT * FROM repository ORDER BY name")]

    def put_repository(self, row: RepositoryRow) -> None:
        self._put("repository", _values(row))

    def drop_repository(self, name: str) -> None:
        self._write("DELETE FROM repository WHERE name = ?", name)

    def rename_repository(self, name: str, to: str) -> bool:
        hinders = (
            "SELECT 1 FROM repository WHERE name = ?2 UNION"
            " SELECT 1 FROM run WHERE repository = ?1 AND status IN ('waiting', 'running')"
        )
        tokens = (
            "UPDATE token SET repositories ="
            " (SELECT json_group_array(iif(value = ?1, ?2, value)) FROM json_each(repositories))"
            " WHERE EXISTS (SELECT 1 FROM json_each(repositories) WHERE value = ?1)"
        )
        with self._transaction() as db:
            if db.execute(hinders, (name, to)).fetchone():
                return False
            db.execute("UPDATE repository SET name = ?2 WHERE name = ?1", (name, to))
            db.execute("UPDATE run SET repository = ?2 WHERE repository = ?1", (name, to))
            db.execute("UPDATE preview SET repository = ?2 WHERE repository = ?1", (name, to))
            db.execute(tokens, (name, to))
            return True

    # people and tokens

    def people(self) -> Sequence[str]:
        return [str(name) for (name,) in self._all("SELECT name FROM person ORDER BY name")]

    def put_person(self, name: str, now: float) -> None:
        self._write("INSERT OR IGNORE INTO person (name, made) VALUES (?, ?)", name, now)

    def drop_person(self, name: str) -> None:
        self._write("DELETE FROM person WHERE name = ?", name)

    def add_token(self, row: TokenRow) -> TokenRow:
        with self._transaction():
            return replace(row, id=self._add("token", _values(row)))

    def tokens(self, person: str | None = None) -> Sequence[TokenRow]:
        sql = "SELECT * FROM token WHERE ?1 IS NULL OR person = ?1 ORDER BY id"
        return [_token(row) for row in self._all(sql, person)]

    def token_of(self, digest: str) -> TokenRow | None:
        rows = self._all("SELECT * FROM token WHERE digest = ?", digest)
        return _token(rows[0]) if rows else None

    def use_token(self, id: int, now: float) -> None:
        self._write("UPDATE token SET used = ? WHERE id = ?", now, id)

    def drop_token(self, id: int) -> None:
        self._write("DELETE FROM token WHERE id = ?", id)

    # runs

    def add_run(self, row: RunRow) -> RunRow:
        older = (
            "UPDATE run SET status = 'superseded', ended = ?, why = 'a newer push came first'"
            " WHERE repository = ? AND ref = ? AND event = ? AND status = 'waiting'"
        )
        with self._transaction() as db:
            if row.event in {Event.PUSH, Event.PULL_REQUEST}:
                db.execute(older, (row.made, row.repository, row.ref, row.event))
            return replace(row, number=self._add("run", _values(row)))

    def run(self, number: int) -> RunRow | None:
        rows = self._all("SELECT * FROM run WHERE number = ?", number)
        return _run(rows[0]) if rows else None

    def runs(
        self,
        *,
        repository: str | None = None,
        ref: str | None = None,
        statuses: Collection[RunStatus] = (),
        events: Collection[Event] = (),
        limit: int = 50,
    ) -> Sequence[RunRow]:
        sql = (
            "SELECT * FROM run WHERE (?1 IS NULL OR repository = ?1) AND (?2 IS NULL OR ref = ?2)"
            " AND (?3 = '[]' OR status IN (SELECT value FROM json_each(?3)))"
            " AND (?4 = '[]' OR event IN (SELECT value FROM json_each(?4)))"
            " ORDER BY number DESC LIMIT ?5"
        )
        lists = json.dumps(sorted(statuses)), json.dumps(sorted(events))
        return [_run(row) for row in self._all(sql, repository, ref, *lists, limit)]

    def change_run(self, row: RunRow, expected: RunStatus) -> bool:
        number, *values = _values(row)
        changes = ", ".join(f"{column} = ?" for column in _RUN[1:])
        with self._transaction() as db:
            sql = f"UPDATE run SET {changes} WHERE number = ? AND status = ?"  # noqa: S608 - no input
            return db.execute(sql, (*values, number, expected)).rowcount == 1

    def put_job(self, row: JobRow) -> None:
        self._put("job", _values(row))

    def jobs(self, run: int) -> Sequence[JobRow]:
        return [
            _job(row) for row in self._all("SELECT * FROM job WHERE run = ? ORDER BY position", run)
        ]

    def drop_runs(self, numbers: Collection[int]) -> None:
        sql = "DELETE FROM run WHERE number IN (SELECT value FROM json_each(?))"
        self._write(sql, json.dumps(sorted(numbers)))

    # previews

    def put_preview(self, row: PreviewRow) -> None:
        self._put("preview", _values(row))

    def previews(self) -> Sequence[PreviewRow]:
        rows = self._all("SELECT * FROM preview ORDER BY application")
        names = [field.name for field in fields(PreviewRow)]
        return [PreviewRow(**dict(zip(names, row, strict=True))) for row in rows]

    def drop_preview(self, application: str) -> None:
        self._write("DELETE FROM preview WHERE application = ?", application)

    # who did what

    def note(self, row: AuditRow) -> None:
        with self._transaction():
            self._add("audit", _values(row))

    def audit(self, *, thing: str | None = None, limit: int = 100) -> Sequence[AuditRow]:
        sql = "SELECT * FROM audit WHERE ?1 IS NULL OR thing = ?1 ORDER BY number DESC LIMIT ?2"
        return [_audit(row) for row in self._all(sql, thing, limit)]

    def drop_audit(self, *, before: float, least: int, most: int) -> None:
        newest = "(SELECT number FROM audit ORDER BY number DESC LIMIT 1 OFFSET {})"
        sql = f"DELETE FROM audit WHERE (at < ?1 AND number <= {newest}) OR number <= {newest}"  # noqa: S608 - no input
        self._write(sql.format("?2", "?3"), before, least, most)

    def close(self) -> None:
        self._db.close()

    def _put(self, table: str, values: Sequence[object]) -> None:
        with self._transaction() as db:
            marks = ", ".join("?" * len(values))
            db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)  # noqa: S608 - no input

    def _add(self, table: str, values: Sequence[object]) -> int:
        """The number of a new row; the first of `values` is 0, for a number that is to be given."""
        marks = ", ".join("?" * (len(values) - 1))
        sql = f"INSERT INTO {table} VALUES (NULL, {marks})"  # noqa: S608 - no input
        number = self._db.execute(sql, values[1:]).lastrowid
        assert number is not None
        return number

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._db, self._path)

    def _write(self, sql: str, *parameters: object) -> None:
        with self._transaction() as db:
            db.execute(sql, parameters)

    def _all(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with guarded(self._path):
            return self._db.execute(sql, parameters).fetchall()


def _values(
    row: RepositoryRow | TokenRow | RunRow | JobRow | PreviewRow | AuditRow,
) -> list[object]:
    """The fields in the order of the table's columns; a tuple and a mapping are JSON."""
    return [json.dumps(v) if isinstance(v, tuple | dict) else v for v in astuple(row)]


def _repository(row: tuple[Any, ...]) -> RepositoryRow:
    name, branch, description, protected, quota, trusted, previews, made, made_by, real = row
    return RepositoryRow(
        name=name,
        default_branch=branch,
        description=description,
        protected=tuple(json.loads(protected)),
        quota=quota,
        trusted=bool(trusted),
        previews=bool(previews),
        made=made,
        made_by=made_by,
        real_actions=bool(real),
    )


def _token(row: tuple[Any, ...]) -> TokenRow:
    id, person, title, digest, scope, repositories, made, expires, used = row
    return TokenRow(
        id=id,
        person=person,
        title=title,
        digest=digest,
        scope=Scope(scope),
        repositories=tuple(json.loads(repositories)),
        made=made,
        expires=expires,
        used=used,
    )


_RUN = [field.name for field in fields(RunRow)]  # the table's columns are in this order


def _run(row: tuple[Any, ...]) -> RunRow:
    fields = dict(zip(_RUN, row, strict=True))
    event, status = Event(fields.pop("event")), RunStatus(fields.pop("status"))
    return RunRow(event=event, status=status, given=json.loads(fields.pop("given")), **fields)


def _job(row: tuple[Any, ...]) -> JobRow:
    run, position, workflow, name, title, needs, status, began, ended, why = row
    return JobRow(
        run=run,
        position=position,
        workflow=workflow,
        name=name,
        title=title,
        needs=tuple(json.loads(needs)),
        status=RunStatus(status),
        began=began,
        ended=ended,
        why=why,
    )


def _audit(row: tuple[Any, ...]) -> AuditRow:
    number, at, who, what, thing, detail = row
    return AuditRow(number=number, at=at, who=who, what=what, thing=thing, detail=detail)
