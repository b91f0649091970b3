"""The store in SQLite: one file, 0600; every call is one transaction, on disk when it returns.

But for what people read and nothing decides on (the journal, specifications): a kill loses none of
it, a power cut may. An apply writes it three times a step, and a memory card takes 10 ms to sync.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.seen import Stamp
from rackhouse.store.database import connect, guarded, transaction
from rackhouse.store.protocol import (
    ApplicationRow,
    ApplyRow,
    ReleaseRow,
    ReleaseStatus,
    Result,
    StepRow,
)


class SqliteStore:
    """What a rack remembers (see `protocol.Store`), in the SQLite file at `path`.

    HostError when the file cannot be made or written, Refused when a newer Rackhouse wrote it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)

    # stamps

    def stamp(self, id: Id) -> Stamp | None:
        row = self._one("SELECT stamp FROM stamp WHERE id = ?", str(id))
        return Stamp.from_json(row[0]) if row else None

    def put_stamp(self, id: Id, stamp: Stamp) -> None:
        sql = "INSERT OR REPLACE INTO stamp (id, target, stamp) VALUES (?, ?, ?)"
        self._write(sql, str(id), id.target, stamp.to_json())

    def drop_stamp(self, id: Id) -> None:
        self._write("DELETE FROM stamp WHERE id = ?", str(id))

    def stamps(self, target: str) -> Mapping[Id, Stamp]:
        rows = self._all("SELECT id, stamp FROM stamp WHERE target = ?", target)
        return {Id.parse(id): Stamp.from_json(stamp) for id, stamp in rows}

    # chosen values

    def choose(self, id: Id, make: Callable[[], Mapping[str, str]]) -> Mapping[str, Hidden]:
        with self._transaction():
            if there := self.values(id):
                return there
            chosen = dict(make())
            sql = "INSERT INTO chosen (id, target, kind, outputs, version) VALUES (?, ?, ?, ?, 1)"
            self._db.execute(sql, (str(id), id.target, id.kind, json.dumps(chosen)))
        return _hidden(chosen)

    def replace(self, id: Id, values: Mapping[str, str]) -> None:
        sql = (
            "INSERT INTO chosen (id, target, kind, outputs, version) VALUES (?, ?, ?, ?, 1)"
            " ON CONFLICT (id) DO UPDATE SET outputs = excluded.outputs, version = version + 1"
        )
        self._write(sql, str(id), id.target, id.kind, json.dumps(dict(values)))

    def values(self, id: Id) -> Mapping[str, Hidden]:
        row = self._one("SELECT outputs FROM chosen WHERE id = ?", str(id))
        return _hidden(json.loads(row[0])) if row else {}

    def values_version(self, id: Id) -> str:
        row = self._one("SELECT version FROM chosen WHERE id = ?", str(id))
        return str(row[0]) if row else ""

    def forget(self, id: Id) -> None:
        self._write("DELETE FROM chosen WHERE id = ?", str(id))

    def chosen(self, target: str, kind: str) -> Mapping[Id, Mapping[str, Hidden]]:
        sql = "SELECT id, outputs FROM chosen WHERE target = ? AND kind = ?"
        return {Id.parse(id): _hidden(json.loads(o)) for id, o in self._all(sql, target, kind)}

    def all_chosen(self) -> Mapping[Id, Mapping[str, Hidden]]:
        sql = "SELECT id, outputs FROM chosen"
        return {Id.parse(id): _hidden(json.loads(o)) for id, o in self._all(sql)}

    # specifications

    def remember_text(self, digest: str, text: str) -> None:
        sql = "INSERT OR IGNORE INTO specification (digest, text) VALUES (?, ?)"
        self._write(sql, digest, text, sync=False)

    def text_of(self, digest: str) -> str | None:
        row = self._one("SELECT text FROM specification WHERE digest = ?", digest)
        return str(row[0]) if row else None

    def prune_texts(self, used: Collection[str]) -> None:
        with self._transaction(sync=False) as db:
            stamps = (Stamp.from_json(stamp) for (stamp,) in self._all("SELECT stamp FROM stamp"))
            there = {digest for (digest,) in self._all("SELECT digest FROM specification")}
            unused = there.difference(used, (stamp.digest for stamp in stamps))
            sql = "DELETE FROM specification WHERE digest = ?"
            db.executemany(sql, [(digest,) for digest in unused])

    # applications and releases

    def application(self, name: str) -> ApplicationRow | None:
        return next((row for row in self.applications() if row.name == name), None)

    def applications(self) -> Sequence[ApplicationRow]:
        rows = self._all("SELECT name, uid, removed FROM application ORDER BY name")
        return [ApplicationRow(name=n, uid=u, removed=bool(r)) for n, u, r in rows]

    def put_application(self, row: ApplicationRow) -> None:
        sql = "INSERT OR REPLACE INTO application (name, uid, removed) VALUES (?, ?, ?)"
        self._write(sql, row.name, row.uid, int(row.removed))

    def drop_application(self, name: str) -> None:
        with self._transaction() as db:
            for table, column in (
                ("release", "application"),
                ("numbering", "application"),
                ("application", "name"),
            ):
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 - no input

    def add_release(self, row: ReleaseRow) -> ReleaseRow:
        with self._transaction() as db:
            last = self._one("SELECT last FROM numbering WHERE application = ?", row.application)
            number = row.number or (last[0] if last else 0) + 1
            db.execute(
                "INSERT INTO numbering VALUES (?, ?)"
                " ON CONFLICT (application) DO UPDATE SET last = max(last, excluded.last)",
                (row.application, number),
            )
            said = (row.status, row.digest, row.app, row.made, row.by, row.why)
            fields = (row.application, number, *said)
            db.execute("INSERT INTO release VALUES (?, ?, ?, ?, ?, ?, ?, ?)", fields)
        return _release(fields)

    def releases(self, application: str) -> Sequence[ReleaseRow]:
        sql = "SELECT * FROM release WHERE application = ? ORDER BY number"
        return [_release(row) for row in self._all(sql, application)]

    def set_release_status(
        self, application: str, number: int, status: ReleaseStatus, why: str = ""
    ) -> None:
        update = "UPDATE release SET status = ?, why = ? WHERE application = ? AND "
        with self._transaction() as db:
            if status is ReleaseStatus.LIVE:
                old = (ReleaseStatus.OLD, "", application, ReleaseStatus.LIVE)
                db.execute(update + "status = ?", old)
            db.execute(update + "number = ?", (status, why, application, number))

    def drop_release(self, application: str, number: int) -> None:
        sql = "DELETE FROM release WHERE application = ? AND number = ?"
        self._write(sql, application, number)

    # settings

    def setting(self, name: str) -> str | None:
        row = self._one("SELECT value FROM setting WHERE name = ?", name)
        return str(row[0]) if row else None

    def put_setting(self, name: str, value: str) -> None:
        self._write("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", name, value)

    # journal

    def begin_apply(self, who: str, what: str, steps: Sequence[str], now: float) -> int:
        with self._transaction(sync=False) as db:
            sql = "INSERT INTO apply (who, what, began) VALUES (?, ?, ?)"
            number = db.execute(sql, (who, what, now)).lastrowid
            assert number is not None
            rows = [(number, position, step) for position, step in enumerate(steps)]
            db.executemany("INSERT INTO step (apply, position, step) VALUES (?, ?, ?)", rows)
        return number

    def record_step(
        self, apply: int, position: int, result: Result, now: float, why: str = ""
    ) -> None:
        ended = None if result is Result.RUNNING else now
        sql = (
            "UPDATE step SET result = ?, began = coalesce(began, ?), ended = ?, why = ?"
            " WHERE apply = ? AND position = ?"
        )
        self._write(sql, result, now, ended, why, apply, position, sync=False)

    def end_apply(self, apply: int, now: float) -> None:
        self._write("UPDATE apply SET ended = ? WHERE number = ?", now, apply, sync=False)

    def journal(self, limit: int = 20) -> Sequence[ApplyRow]:
        sql = "SELECT number, who, what, began, ended FROM apply ORDER BY number DESC LIMIT ?"
        return [
            ApplyRow(number=n, who=who, what=what, began=b, ended=e, steps=self._steps(n))
            for n, who, what, b, e in self._all(sql, limit)
        ]

    def prune_journal(self, keep: int) -> None:
        sql = "SELECT number FROM apply ORDER BY number DESC LIMIT 1 OFFSET ?"
        if oldest := self._one(sql, keep):
            self._write("DELETE FROM apply WHERE number <= ?", *oldest, sync=False)

    def close(self) -> None:
        self._db.close()

    def _steps(self, apply: int) -> tuple[StepRow, ...]:
        sql = (
            "SELECT position, step, result, began, ended, why FROM step"
            " WHERE apply = ? AND result IS NOT NULL ORDER BY position"
        )
        return tuple(
            StepRow(position=p, step=s, result=Result(r), began=b, ended=e, why=w)
            for p, s, r, b, e, w in self._all(sql, apply)
        )

    def _transaction(self, *, sync: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._db, self._path, sync=sync)

    def _write(self, sql: str, *parameters: object, sync: bool = True) -> None:
        with self._transaction(sync=sync) as db:
            db.execute(sql, parameters)

    def _one(self, sql: str, *parameters: object) -> tuple[Any, ...] | None:
        rows = self._all(sql, *parameters)
        return rows[0] if rows else None

    def _all(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with guarded(self._path):
            return self._db.execute(sql, parameters).fetchall()


def _hidden(values: Mapping[str, str]) -> dict[str, Hidden]:
    return {output: Hidden(value) for output, value in values.items()}


def _release(row: tuple[Any, ...]) -> ReleaseRow:
    application, number, status, digest, app, made, by, why = row
    return ReleaseRow(
        application=application,
        number=number,
        status=ReleaseStatus(status),
        digest=digest,
        app=app,
        made=made,
        by=by,
        why=why,
    )
