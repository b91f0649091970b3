"""A program that starts anew with each change: run as the supervisor runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from rackhouse.delivery.dev.working import RELOAD

Start = Callable[..., subprocess.Popen[bytes]]
LASTING = (
    'import pathlib, time\npathlib.Path("{log}").open("a").write("{word}\\n")\ntime.sleep(99)\n'
)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []
    folder = tmp_path / "work"
    folder.mkdir()

    def started(text: str, *options: str) -> subprocess.Popen[bytes]:
        (folder / "main.py").write_text(text)
        argv = [
            sys.executable,
            "-P",
            "-m",
            RELOAD,
            *options,
            str(folder),
            sys.executable,
            "main.py",
        ]
        with (tmp_path / "log").open("ab") as log:
            running.append(subprocess.Popen(argv, stdout=log, stderr=log, cwd=tmp_path))
        return running[-1]

    yield started
    for process in running:
        process.kill()
        process.wait()


def until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not check():
        assert time.monotonic() < deadline, "not so within a minute"
        time.sleep(0.05)


def said(tmp_path: Path) -> str:
    file = tmp_path / "words"
    return file.read_text() if file.exists() else ""


def text(tmp_path: Path, word: str) -> str:
    return LASTING.format(log=tmp_path / "words", word=word)


def test_a_change_starts_it_anew_and_a_mistake_waits_for_the_next(
    start: Start, tmp_path: Path
) -> None:
    process, main = start(text(tmp_path, "one")), tmp_path / "work" / "main.py"
    until(lambda: said(tmp_path) == "one\n")
    main.write_text("def wrong(:\n")
    until(lambda: "it has ended with 1" in (tmp_path / "log").read_text())
    assert process.poll() is None
    main.write_text(text(tmp_path, "two"))
    until(lambda: said(tmp_path) == "one\ntwo\n")
    assert "changed: main.py" in (tmp_path / "log").read_text()
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not any(child.is_running() for child in children)


def test_what_never_started_is_told_once_and_mended_by_a_change(
    start: Start, tmp_path: Path
) -> None:
    process = start("raise SystemExit(3)\n")
    until(lambda: "it has ended with 3" in (tmp_path / "log").read_text())
    (tmp_path / "work" / "main.py").write_text(text(tmp_path, "mended"))
    until(lambda: said(tmp_path) == "mended\n")
    assert process.poll() is None
    assert (tmp_path / "log").read_text().count("has ended") == 1


def test_once_is_the_command_itself(start: Start, tmp_path: Path) -> None:
    process = start("import os\nprint(os.getpid(), os.getcwd(), flush=True)\n", "--once")
    assert process.wait(60) == 0
    assert (tmp_path / "log").read_text() == f"{process.pid} {os.path.realpath(tmp_path)}/work\n"
