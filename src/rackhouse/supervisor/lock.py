"""One supervisor per state folder: a flock, which a dead process cannot hold."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from rackhouse.kit.errors import Locked
from rackhouse.kit.files import host_error, read_text
from rackhouse.supervisor import table

_PATIENCE = 0.5  # seconds: whoever asks `holder` holds it for a moment


class Lock:
    """Held from `take` until the end of its `with`."""

    def __init__(self, path: Path, fd: int, version: str) -> None:
        self._path = path
        self._fd = fd
        self._version = version

    def announce(self) -> None:
        """Write who we are, for `holder`: the states on disk are true from now on."""
        me = table.look(os.getpid())
        words = f"{os.getpid()}\n{me.born if me else 0}\n{self._version}\n"
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, words.encode(), 0)

    @property
    def is_there(self) -> bool:
        """Whether the file is still ours; not when somebody removed the state folder."""
        with contextlib.suppress(OSError):
            return self._path.stat().st_ino == os.fstat(self._fd).st_ino
        return False


@contextlib.contextmanager
def take(path: Path, version: str = "") -> Iterator[Lock]:
    """Hold the lock, as a supervisor of that version. Locked when another supervisor does."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise host_error(error, path) from error
    try:
        if not _try(fd, fcntl.LOCK_EX, _PATIENCE):
            raise Locked(
                f"a supervisor is running already, with pid {_content(fd)[0] or 'unknown'}",
                where=str(path),
                fix="leave it to its work, or stop it first: rackhouse down",
            )
        yield Lock(path, fd, version)
    finally:
        os.close(fd)


def version_of_holder(path: Path) -> str:
    """The version of whoever last announced itself; "" for one that did not say."""
    words = (read_text(path) or "").split()
    return words[2] if len(words) > 2 else ""


def holder(path: Path) -> table.Entry | None:
    """Who holds the lock and announced it, or None. Never a stranger: its moment of birth is in the
    file too.
    """
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise host_error(error, path) from error
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _try(fd, fcntl.LOCK_SH, 0):
            pid, born = _content(fd)
            entry = table.look(pid)
            if entry is not None and entry.born == born:
                return entry
            if time.monotonic() > deadline:
                return None
            time.sleep(0.005)
        return None
    finally:
        os.close(fd)


def _try(fd: int, kind: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _content(fd: int) -> tuple[int, int]:
    try:
        pid, born, *_ = os.pread(fd, 100, 0).split()
        return int(pid), int(born)
    except ValueError:
        return 0, 0
