"""The SQLite file under the store: opening, migrating, transactions. Knows no table by name."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from rackhouse.kit.errors import HostError, RackhouseError, Refused, Unavailable
from rackhouse.kit.files import host_error, make_folder

BUSY_SECONDS = 10.0
_PAUSE = 0.01  # seconds between two tries at what SQLite does not wait for


def connect(path: Path) -> sqlite3.Connection:
    """Open the database at `path`, made (0600) and migrated as needed.

    HostError when it cannot be made, read or written; Refused when a newer Rackhouse wrote it.
    """
    make_folder(path.parent)
    try:
        path.touch(mode=0o600)  # SQLite gives its -wal and -shm files the mode of this one
    except OSError as error:
        raise host_error(error, path) from error
    with guarded(path):
        db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        _use_wal(db)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        _migrate(db, path)
    return db


@contextmanager
def transaction(
    db: sqlite3.Connection, path: Path, *, sync: bool = True
) -> Iterator[sqlite3.Connection]:
    """All of the block or nothing of it; on disk when it ends.

    Without `sync` a power cut may lose it (a kill may not), and it takes a fiftieth of the time.
    """
    with guarded(path):
        db.execute(f"PRAGMA synchronous = {'FULL' if sync else 'NORMAL'}")
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            if db.in_transaction:  # a full disk has ended it already
                db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what SQLite says of the file at `path` into errors that a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(error, path) from error


def _explained(error: sqlite3.Error, path: Path) -> RackhouseError:
    where, code = str(path), getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        fix = "another command of this rack is writing; run this again in a moment"
        return Unavailable("is busy", where=where, fix=fix)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        fix = "restore a backup (`rackhouse restore`), or move this file away to begin anew"
        return HostError("is damaged", where=where, fix=fix)
    fixes = {
        sqlite3.SQLITE_FULL: "free some space on that disk, then run the command again",
        sqlite3.SQLITE_READONLY: "give your user that file and its folder (chown), or use --home",
        sqlite3.SQLITE_CANTOPEN: "give your user that file and its folder (chown), or use --home",
        sqlite3.SQLITE_IOERR: "look at the disk (dmesg); is it full, or failing?",
    }
    return HostError(f"{error}", where=where, fix=fixes.get(code, "see `rackhouse doctor`"))


def _use_wal(db: sqlite3.Connection) -> None:
    """Turn on the write-ahead log.

    Where two open a new file together, SQLite refuses one of them instead of waiting (each holds
    a shared lock that the other needs to be gone): that one tries again.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_PAUSE)


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    """Run the numbered files of `schema/` that this database has not seen, each in one piece."""
    scripts = _schema()
    has = _version(db)
    if has > len(scripts):
        raise Refused(
            f"was written by a newer Rackhouse (schema {has}; this one knows {len(scripts)})",
            where=str(path),
            fix="upgrade Rackhouse, or name another state folder with --home",
        )
    for number in range(has + 1, len(scripts) + 1):
        db.execute("BEGIN IMMEDIATE")
        if _version(db) < number:  # or another command has just done it
            for statement in scripts[number - 1].split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    row = db.execute("PRAGMA user_version").fetchone()
    return int(row[0])


def _schema() -> list[str]:
    folder = resources.files("rackhouse.store") / "schema"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text() for file in files]
