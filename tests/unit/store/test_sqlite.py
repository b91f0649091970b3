"""What only the file can do: outlive processes, be private, be full, be too new."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Locked, RackhouseError, Refused
from rackhouse.resources.core import Id
from rackhouse.store.lock import hold, is_held
from rackhouse.store.protocol import Result
from rackhouse.store.sqlite import SqliteStore

FORK = multiprocessing.get_context("fork")


def test_the_file_is_private(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "state" / "store.db")
    store.put_setting("a", "b")
    for file in (tmp_path / "state").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    store.close()


def test_a_newer_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    SqliteStore(file).close()
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(Refused, match="newer Rackhouse"):
        SqliteStore(file)


def test_a_damaged_store_is_said_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    file.write_bytes(b"this is no database, " * 400)
    with pytest.raises(HostError, match="damaged"):
        SqliteStore(file)


def test_a_folder_that_cannot_be_written_is_said_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HostError) as error:
        SqliteStore(tmp_path / "file" / "store.db")
    assert error.value.fix


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.db")
    store.put_setting("kept", "yes")
    store._db.execute("PRAGMA max_page_count = 30")  # what SQLite itself calls a full disk
    with pytest.raises(HostError, match="full") as error:
        store.put_setting("too much", "x" * 400_000)
    assert "free some space" in error.value.fix
    assert store.setting("kept") == "yes"
    store.close()


def test_what_decides_is_synced_and_what_people_read_is_not(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "store.db")
    said: list[str] = []
    store._db.set_trace_callback(said.append)
    number = store.begin_apply("ada", "up", ["+ a"], 1.0)
    store.record_step(number, 0, Result.DONE, 2.0)
    store.remember_text("d", "{}")
    store.end_apply(number, 3.0)
    assert {s for s in said if s.startswith("PRAGMA")} == {"PRAGMA synchronous = NORMAL"}
    said.clear()
    store.choose(Id("vault", "secret", "a"), lambda: {"value": "b"})
    store.put_setting("a", "b")
    assert {s for s in said if s.startswith("PRAGMA")} == {"PRAGMA synchronous = FULL"}
    store.close()


def _write_until_killed(file: Path, acknowledged: Path) -> None:
    store = SqliteStore(file)
    with acknowledged.open("ab", buffering=0) as said:  # a byte is there or not, never half
        for number in range(100_000):
            store.choose(Id("vault", "secret", str(number)), lambda n=number: {"value": str(n)})  # type: ignore[misc]
            said.write(b".")


def test_many_who_open_a_new_file_at_once_all_have_it(tmp_path: Path) -> None:
    rounds, openers = 20, 4
    barrier, answers = FORK.Barrier(openers), FORK.SimpleQueue()

    def open_each() -> None:
        for number in range(rounds):
            barrier.wait()
            try:
                SqliteStore(tmp_path / str(number) / "store.db").close()
                answers.put("opened")
            except RackhouseError as error:
                answers.put(str(error))

    processes = [FORK.Process(target=open_each) for _ in range(openers)]
    for process in processes:
        process.start()
    said = {answers.get() for _ in range(rounds * openers)}
    for process in processes:
        process.join()
    assert said == {"opened"}


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    file, acknowledged = tmp_path / "store.db", tmp_path / "acknowledged"
    writer = FORK.Process(target=_write_until_killed, args=(file, acknowledged))
    writer.start()
    while not acknowledged.exists() or not acknowledged.stat().st_size:
        time.sleep(0.01)
    time.sleep(0.2)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    store = SqliteStore(file)
    for number in range(acknowledged.stat().st_size):
        assert store.values(Id("vault", "secret", str(number)))["value"].reveal() == str(number)
    store.close()


def _hold_for_ever(lock: Path) -> None:
    with hold(lock, "deploy hello", 1.0):
        (lock.parent / "held").touch()
        time.sleep(60)


def test_the_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    holder = FORK.Process(target=_hold_for_ever, args=(lock,))
    holder.start()
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with (
        pytest.raises(Locked, match=rf"deploy hello.*process {holder.pid}, for 1"),
        hold(lock, "up", 2.0),
    ):
        pass
    os.kill(holder.pid or 0, signal.SIGKILL)
    holder.join()
    with hold(lock, "up", 3.0):
        pass


def test_whoever_looks_at_the_lock_is_in_nobodys_way(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not is_held(lock)
    assert not lock.exists()
    with hold(lock, "up", 1.0):
        assert is_held(lock)
    assert not is_held(lock)
    looker = os.open(lock, os.O_RDONLY)
    fcntl.flock(looker, fcntl.LOCK_SH)  # as `is_held` does, and is slow about it
    threading.Timer(0.05, os.close, [looker]).start()
    with hold(lock, "up", 2.0):
        assert is_held(lock)
