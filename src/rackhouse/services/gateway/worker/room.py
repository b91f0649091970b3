"""The folder of a worker's socket: nobody else's, and swept away after a gateway that was killed.
Starts and serves nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from rackhouse.kit.files import host_error

_PREFIX = "rackhouse-embedder-"


class Room:
    """A folder, 0700, in the machine's own for what may be lost: the path of a socket is to be
    short. A lock on it says that its gateway lives; those without one are swept away.
    """

    def __init__(self) -> None:
        try:
            base = Path(tempfile.gettempdir())
            _sweep(base)
            self._lock, self.folder = _made(base)
        except OSError as error:
            raise host_error(error, Path(os.environ.get("TMPDIR", "/tmp"))) from error  # noqa: S108

    @property
    def socket(self) -> Path:
        """Where the worker is to listen."""
        return self.folder / "socket"

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def _made(base: Path) -> tuple[int, Path]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():  # else it was swept away before it was locked
            return lock, folder
        os.close(lock)


def _sweep(base: Path) -> None:
    for old in base.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            lock = os.open(old, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(old)
            finally:
                os.close(lock)
