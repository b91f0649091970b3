"""A run record is trusted only as far as the kernel agrees."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from rackhouse.kit import process
from rackhouse.supervisor import record, table
from rackhouse.supervisor.unit import Kind, Unit

from .conftest import Start

UNIT = Unit(name="a", command=("x",), digest="d1", stop_signal="SIGINT", grace=3.5)


def written(path: Path, pid: int, *, tag: str = "", stat: str | None = None, end: str = "") -> Path:
    stat = Path(f"/proc/{pid}/stat").read_text() if stat is None else stat
    path.write_text(f"{pid}\n{tag or record.tag(UNIT)}\n{stat.strip()}\n{end}")
    return path


def test_a_child_writes_a_record_that_finds_it_again(tmp_path: Path) -> None:
    path = record.path_of(tmp_path, "a")
    pid = process.spawn(
        ["sleep", "1000"],
        env={"PATH": os.environ["PATH"]}, folder=tmp_path, log=tmp_path / "log",
        record=path, tag=record.tag(UNIT),
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 5
        while (found := record.read(path)) is None and time.monotonic() < deadline:
            time.sleep(0.005)
        assert found is not None
        assert found.alive is not None
        assert found.alive.pid == pid
        assert (found.digest, found.stop_signal, found.grace) == ("d1", "SIGINT", 3.5)
        assert found.code is None
        stopping = found.unit("a")
        assert (stopping.name, stopping.stop_signal, stopping.grace) == ("a", "SIGINT", 3.5)
        assert record.names(tmp_path) == {"a"}
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    assert found.alive is None
    record.drop(path)
    record.drop(path)
    assert record.read(path) is None


def test_a_stranger_with_the_same_pid_is_not_it(tmp_path: Path, start: Start) -> None:
    pid = start("sleep", "1000").pid
    stat = Path(f"/proc/{pid}/stat").read_text()
    entry = table.look(pid)
    assert entry is not None
    ours = record.read(written(tmp_path / "ours.run", pid, stat=stat))
    older = stat.replace(f" {entry.born} ", f" {entry.born - 1} ")
    stranger = record.read(written(tmp_path / "stranger.run", pid, stat=older))
    tag = record.tag(UNIT).replace(table.boot(), "another boot")
    earlier = record.read(written(tmp_path / "earlier.run", pid, stat=stat, tag=tag))
    assert ours
    assert stranger
    assert earlier
    assert ours.alive is not None
    assert stranger.alive is None
    assert earlier.alive is None


def test_without_proc_whoever_was_born_later_than_the_record_is_a_stranger(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_has_proc", lambda: False)
    pid = start("sleep", "1000").pid
    ours = record.read(written(tmp_path / "ours.run", pid, stat=""))
    os.utime(written(tmp_path / "stranger.run", pid, stat=""), (0, time.time() - 60))
    stranger = record.read(tmp_path / "stranger.run")
    assert ours
    assert stranger
    assert ours.alive is not None
    assert stranger.alive is None


def test_a_noted_end(tmp_path: Path) -> None:
    job = Unit(name="a", kind=Kind.JOB, command=("x",))
    found = record.read(written(tmp_path / "a.run", os.getpid(), tag=record.tag(job), end="3\n"))
    assert found
    assert (found.code, found.kind) == (3, Kind.JOB)


@pytest.mark.parametrize(
    "text", ["", "12\n", "12\nnot json\n\n", "x\n[]\n\n", '1\n["b","d","service"]\n\n', "\0"]
)
def test_a_record_that_was_cut_short_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.run").write_text(text)
    assert record.read(tmp_path / "a.run") is None
