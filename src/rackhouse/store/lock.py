"""The lock: who changes the rack. A flock, so that a dead process holds nothing."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rackhouse.kit.errors import Locked
from rackhouse.kit.files import host_error, make_folder
from rackhouse.kit.text import format_seconds

_PATIENCE = 0.2  # seconds: whoever asks `is_held` holds it for a moment
_PAUSE = 0.005


@contextmanager
def hold(path: Path, what: str, now: float) -> Iterator[None]:
    """Hold the lock at `path` while the block runs; `what` and `now` tell others who and when.

    Locked when another process holds it. It is released when that process ends, however it ends.
    """
    make_folder(path.parent)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise host_error(error, path) from error
    try:
        if not _try(file):
            raise _locked(file, now)
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps({"pid": os.getpid(), "what": what, "since": now}).encode(), 0)
        yield
    finally:
        os.close(file)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock at this moment. Makes nothing."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _try(file: int) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _locked(file: int, now: float) -> Locked:
    try:
        holder = json.loads(os.pread(file, 4096, 0))
        since = format_seconds(max(0.0, now - holder["since"]))  # clocks are set back, too
        who = f"`{holder['what']}` (process {holder['pid']}, for {since})"
    except (ValueError, KeyError, TypeError):
        who = "another command"  # it holds the lock and has not yet said who it is
    return Locked(
        f"{who} is changing this rack right now",
        fix="wait until it has ended, then run this again",
    )
