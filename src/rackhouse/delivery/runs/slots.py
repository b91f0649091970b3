"""How many runs at once: each worker holds one of a few locks, which no dead process can hold."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator

from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths


def count() -> int:
    """One for each processor, two at least."""
    return max(2, os.cpu_count() or 1)


@contextlib.contextmanager
def taken(paths: Paths) -> Iterator[bool]:
    """Hold a slot for the block; false when none is free."""
    for fd in _slots(paths):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        os.pwrite(fd, f"{os.getpid():<10}".encode(), 0)
        yield True
        return
    yield False


def end_all(paths: Paths) -> None:
    """Tell every worker to put back what it is at, and to end."""
    for fd in _slots(paths):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with contextlib.suppress(ValueError, ProcessLookupError):
                os.kill(int(os.pread(fd, 20, 0)), signal.SIGTERM)


def _slots(paths: Paths) -> Iterator[int]:
    """Each slot's file, closed (and with that let go) when the next is asked for."""
    folder = paths.runs / "slots"
    make_folder(folder)
    for number in range(count()):
        fd = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield fd
        finally:
            os.close(fd)
