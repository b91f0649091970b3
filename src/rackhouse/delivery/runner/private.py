"""The private HOME and TMPDIR of one job, made beside its folder and removed after it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.files import host_error


@dataclass(frozen=True, slots=True)
class Private:
    """On the disk, not in memory, so that a job that fills it meets its own limit first."""

    root: Path

    @property
    def home(self) -> Path:
        """Its HOME, empty at first."""
        return self.root / "home"

    @property
    def tmp(self) -> Path:
        """Its /tmp, or TMPDIR where there are no namespaces."""
        return self.root / "tmp"

    @property
    def state(self) -> Path:
        """What `inside` writes: its pid, and on a second line what failed."""
        return self.root / "state"


@contextlib.contextmanager
def private(folder: Path) -> Iterator[Private]:
    """For the job in `folder`. Raises HostError where the disk is full or not ours."""
    try:
        root = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise host_error(error, folder.parent) from error
    rooms = Private(root)
    try:
        for path in (rooms.home, rooms.tmp):
            path.mkdir(mode=0o700)
        yield rooms
    finally:
        remove(root)


def remove(root: Path) -> None:
    """Remove what a job has left, folders included that the job has made unreadable."""
    with contextlib.suppress(OSError):
        for folder in root.rglob("*"):
            if folder.is_dir() and not folder.is_symlink():
                folder.chmod(0o700)
    shutil.rmtree(root, ignore_errors=True)
