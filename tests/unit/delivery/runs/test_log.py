"""What a run says, and how it is read again."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from rackhouse.delivery.runs import log as log_module
from rackhouse.delivery.runs.log import Kind, RunLog, read_log


def test_lines_are_read_again_from_where_one_stopped(tmp_path: Path) -> None:
    log = RunLog(tmp_path, mask=lambda text: text.replace("hunter2", "***"))
    log.say("tests", Kind.GROUP, job="test", step="tests")
    log.say("password hunter2\nand ü")
    (first, offset), (second, _), (third, end) = read_log(tmp_path)
    assert (first.kind, first.job, first.step) == (Kind.GROUP, "test", "tests")
    assert (second.text, third.text) == ("password ***", "and ü")
    assert [line for line, _ in read_log(tmp_path, offset)] == [second, third]
    assert list(read_log(tmp_path, end)) == []
    log.say("more", Kind.ERROR)
    log.close()
    assert [line.text for line, _ in read_log(tmp_path, end)] == ["more"]


def test_what_a_kill_left_is_passed_over(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    log.say("one")
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('nonsense\n{"at": 1}\n{"at": 2, "kind": "te')
    assert [line.text for line, _ in read_log(tmp_path)] == ["one"]
    log.close()


def test_a_program_that_prints_for_ever_does_not_fill_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why it failed is said all the same."""
    monkeypatch.setattr(log_module, "MOST", 10_000)
    log = RunLog(tmp_path)
    for _ in range(1000):
        log.say("y")
    log.say("it ran for too long", Kind.ERROR)
    log.say("y")
    log.close()
    *_, before, note, why = [line for line, _ in read_log(tmp_path)]
    assert (before.text, note.kind, why.text) == ("y", Kind.NOTE, "it ran for too long")
    assert "left out" in note.text
    assert (tmp_path / "log.jsonl").stat().st_size < 11_000


def test_a_full_disk_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").symlink_to("/dev/full")
    log = RunLog(tmp_path)
    log.say("one")
    log.close()


def test_a_line_that_the_disk_cut_takes_no_other_with_it(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        for _ in range(3):
            log.say("the disk is full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (tmp_path / "log.jsonl").stat().st_size == 100
    log.say("there is room again")
    log.say("and still")
    log.close()
    assert [line.text for line, _ in read_log(tmp_path)][-2:] == [
        "there is room again",
        "and still",
    ]


def test_no_log_is_no_lines(tmp_path: Path) -> None:
    assert list(read_log(tmp_path)) == []
