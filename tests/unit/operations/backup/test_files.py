"""A folder comes back as it was, and a database in it whole, whatever is done to it meanwhile."""

from __future__ import annotations

import io
import os
import socket
import sqlite3
from pathlib import Path

import pytest

from rackhouse.kit.errors import Unavailable
from rackhouse.operations.backup import files
from rackhouse.operations.backup.bundle import About, BundleWriter, Sums
from rackhouse.operations.backup.files import Folder
from rackhouse.operations.backup.unpack import BundleReader

ABOUT = About(rack="home", made="", rackhouse="0")


def there_and_back(folder: Folder, tmp_path: Path) -> tuple[Sums, Folder]:
    """What was said of the folder, and where it came back."""
    out, scratch = io.BytesIO(), tmp_path / "scratch"
    scratch.mkdir()
    with BundleWriter(out, ABOUT, scratch) as writer:
        folder.dump(writer)
    assert not list(scratch.iterdir())
    out.seek(0)
    told = BundleReader(out).unpack(tmp_path / "unpacked")
    new = Folder(tmp_path / "new" / "place", folder.name, folder.leave_out)
    new.load(tmp_path / "unpacked")
    return told, new


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    return folder


def test_each_kind_of_thing_comes_back(old: Path, tmp_path: Path) -> None:
    (old / "empty").mkdir()
    (old / "empty.txt").touch()
    (old / os.fsdecode(b"\xff")).write_text("odd")
    (old / "link").symlink_to("nowhere/")
    (old / "to a folder").symlink_to("empty")
    told, new = there_and_back(Folder(old, "v"), tmp_path)
    assert told == Folder(old, "v").sums() == new.sums()
    assert set(told) == {"v/empty", "v/empty.txt", "v/\udcff", "v/link", "v/to a folder"}
    assert (told["v/link"], told["v/empty"]) == ("-> nowhere/", "folder 0755")


def test_what_is_no_data_is_passed_over(old: Path, tmp_path: Path) -> None:
    os.mkfifo(old / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(old)  # the path of a socket may not be long
        server.bind("s")
        os.chdir(here)
        (old / ".cache" / "deep").mkdir(parents=True)
        (old / ".cache" / "deep" / "model").write_text("x" * 100)
        (old / "kept").write_text("1")
        told, new = there_and_back(Folder(old, "v", leave_out=".cache"), tmp_path)
    assert set(told) == {"v/kept"}
    assert new.sums() == told


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    told, new = there_and_back(Folder(tmp_path / "none", "v"), tmp_path)
    assert told == new.sums() == {}
    assert not new.path.exists()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_database_in_use_is_taken_whole_and_without_what_is_not_committed(
    mode: str, old: Path, tmp_path: Path
) -> None:
    db = sqlite3.connect(old / "a.db")
    db.execute(f"PRAGMA journal_mode = {mode}")
    db.execute("CREATE TABLE t (n INTEGER)")
    with db:
        db.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(5000)])
    db.execute("BEGIN")
    db.execute("INSERT INTO t VALUES (5000)")
    told, new = there_and_back(Folder(old, "v"), tmp_path)
    db.rollback()
    db.close()
    assert set(told) == {"v/a.db"}, "its journals are in it"
    assert new.sums() == told
    copy = sqlite3.connect(new.path / "a.db")
    assert copy.execute("SELECT count(*) FROM t").fetchone() == (5000,)
    assert copy.execute("PRAGMA journal_mode").fetchone() == (mode.lower(),)
    copy.close()


def test_a_database_that_stays_locked_is_said_to_be(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    db = sqlite3.connect(old / "a.db", isolation_level=None)
    db.execute("CREATE TABLE t (n)")
    db.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable, match="locked"):
        there_and_back(Folder(old, "v"), tmp_path)
    db.close()


def test_what_only_begins_like_a_database_is_copied_as_it_is(old: Path, tmp_path: Path) -> None:
    (old / "x").write_bytes(b"SQLite format 3\0" + b"no, not really" * 1000)
    (old / "x-wal").write_bytes(b"beside it")
    (old / "y-wal").write_bytes(b"nothing beside it")
    told, new = there_and_back(Folder(old, "v"), tmp_path)
    assert (new.path / "x").read_bytes() == (old / "x").read_bytes()
    assert set(told) == {"v/x", "v/y-wal"}
    assert new.sums() == told
