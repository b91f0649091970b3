"""Logs stay small, and keep their end."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rackhouse.supervisor import logs


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "a.log"


@pytest.fixture
def _root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.raiseExceptions = raising


def test_rotates_what_is_too_long_and_keeps_three(log: Path) -> None:
    for n in range(6):
        log.write_text(f"{n}" * 11)
        assert logs.rotate(log, limit=10)
        assert log.read_text() == ""
    elders = {path.name: path.read_text() for path in log.parent.glob("a.log.*")}
    assert elders == {"a.log.1": "5" * 10, "a.log.2": "4" * 10, "a.log.3": "3" * 10}
    assert (log.parent / "a.log.1").stat().st_mode & 0o777 == 0o600


def test_leaves_alone_what_is_short_or_not_there(log: Path) -> None:
    assert not logs.rotate(log, limit=10)
    log.write_text("x" * 10)
    assert not logs.rotate(log, limit=10)
    assert log.read_text() == "x" * 10


def test_who_holds_the_file_open_writes_on_in_the_empty_one(log: Path) -> None:
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, b"old\n" * 10)
    logs.rotate(log, limit=10)
    os.write(fd, b"new\n")
    os.close(fd)
    assert log.read_text() == "new\n"


def test_a_disk_too_full_for_the_copy_is_freed_all_the_same(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logs, "_copy_end", full)
    log.write_text("x" * 11)
    assert logs.rotate(log, limit=10)
    assert log.read_text() == ""
    assert list(log.parent.iterdir()) == [log]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("", ""),
        ("one\ntwo\n", "two"),
        ("one\n\n  \n", "one"),
        ("no end", "no end"),
        ("a\x1b[31mred\x00\n", "a[31mred"),
        ("x" * 9000 + "\n", "x" * 300),
        ("\n" * 5000, ""),
    ],
)
def test_the_last_line_is_what_a_person_wants_to_know(log: Path, text: str, last: str) -> None:
    log.write_text(text)
    assert logs.last_line(log) == last


def test_the_last_line_of_this_run_not_of_an_earlier_one(log: Path) -> None:
    log.write_text("earlier\n")
    start = logs.size(log)
    assert logs.last_line(log, start) == ""
    log.write_text("earlier\nnow\n")
    assert logs.last_line(log, start) == "now"
    log.write_text("now\n")  # rotated in between
    assert logs.last_line(log, start) == "now"
    assert logs.last_line(log.with_name("none"), 0) == ""
    assert logs.size(log.with_name("none")) == 0


@pytest.mark.usefixtures("_root_logger")
def test_the_supervisors_own_words_have_a_time(log: Path) -> None:
    logs.open_own(log)
    logging.getLogger("rackhouse.supervisor").info("a: started, pid %d", 12)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO a: started, pid 12\n", log.read_text()
    )
