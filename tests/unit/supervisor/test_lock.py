"""One supervisor per state folder, and nobody else is taken for it."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from pathlib import Path

import pytest

from rackhouse.kit.errors import HostError, Locked
from rackhouse.supervisor import lock as lock_module
from rackhouse.supervisor.lock import holder, take

from .conftest import Start


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "supervisor.lock"


def test_says_who_holds_it_while_it_is_held(path: Path) -> None:
    assert holder(path) is None
    with take(path) as lock:
        lock.announce()
        entry = holder(path)
        assert entry is not None
        assert entry.pid == os.getpid()
        assert lock.is_there
    assert holder(path) is None


def test_a_second_one_is_refused_and_told_why(path: Path) -> None:
    with take(path) as lock:
        lock.announce()
        with pytest.raises(Locked, match=f"with pid {os.getpid()}") as caught, take(path):
            raise AssertionError("both hold it")
    assert caught.value.exit_code == 4
    assert "rackhouse down" in caught.value.fix


def test_a_dead_process_holds_nothing(path: Path, start: Start) -> None:
    script = (
        "import sys,time; from pathlib import Path; from rackhouse.supervisor.lock import take\n"
    )
    script += "with take(Path(sys.argv[1])) as lock:\n"
    script += "    lock.announce(); print(flush=True); time.sleep(1000)"
    other = start(sys.executable, "-c", script, str(path), stdout=-1)
    assert other.stdout is not None
    other.stdout.readline()
    entry = holder(path)
    assert entry is not None
    assert entry.pid == other.pid
    other.kill()
    other.communicate()
    assert holder(path) is None
    with take(path):
        pass


def test_whoever_got_the_pid_in_an_old_file_is_not_the_holder(
    path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_module, "_PATIENCE", 0.05)
    stranger = start("sleep", "1000")
    path.write_text(f"{stranger.pid}\n1\n")
    assert holder(path) is None  # nobody holds it
    fd = os.open(path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    assert holder(path) is None  # somebody does, and has not announced it
    os.close(fd)


def test_asking_does_not_keep_anyone_out(path: Path) -> None:
    path.touch()
    fd = os.open(path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_SH)  # as `holder` does, for a moment
    release = threading.Timer(0.1, os.close, [fd])
    release.start()
    with take(path) as lock:
        lock.announce()
        assert holder(path) is not None
    release.join()


def test_notices_that_the_folder_was_removed(path: Path) -> None:
    with take(path) as lock:
        path.unlink()
        assert not lock.is_there
        path.touch()
        assert not lock.is_there


def test_a_folder_that_is_not_there(path: Path) -> None:
    with pytest.raises(HostError), take(path / "x"):
        raise AssertionError("held")
    assert holder(path) is None
