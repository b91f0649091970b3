"""A cgroup (version 2) for one job: memory and processes of all that it starts, counted together.

Where ours lies in a part of the tree that we may write to: as root, or as a systemd user unit.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from rackhouse.delivery.runner.limits import Limits

_NEEDED = {"memory", "pids"}
_MOUNTS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))


def home() -> Path | None:
    """The nearest cgroup above ours where one for a job can be made; None where there is none."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/self/cgroup").read_text("utf-8").splitlines()
        ours = next((line[3:] for line in lines if line.startswith("0::")), "/")
        for mount in _MOUNTS:
            if (mount / "cgroup.controllers").exists():
                return nearest(mount, mount / ours.lstrip("/"))
    return None


def nearest(mount: Path, ours: Path) -> Path | None:
    """`ours` or the first above it, up to `mount`, that hands memory and pids to those below."""
    for folder in (ours, *ours.parents):
        with contextlib.suppress(OSError):
            handed = (folder / "cgroup.subtree_control").read_text("utf-8").split()
            writable = os.access(folder, os.W_OK) and os.access(folder / "cgroup.procs", os.W_OK)
            if writable and set(handed) >= _NEEDED:
                return folder
        if folder == mount:
            break
    return None


@contextlib.contextmanager
def cgroup(parent: Path | None, limits: Limits) -> Iterator[Path | None]:
    """A new one below `parent`; at the end all in it are killed and it is removed."""
    if parent is None:
        yield None
        return
    folder = parent / f"rackhouse-{uuid.uuid4().hex[:12]}"
    folder.mkdir()
    try:
        (folder / "memory.max").write_text(str(limits.memory))
        (folder / "pids.max").write_text(str(limits.processes))
        with contextlib.suppress(OSError):  # no swap accounting
            (folder / "memory.swap.max").write_text("0")
        yield folder
    finally:
        with contextlib.suppress(OSError):  # Linux before 5.14; the namespace has ended them
            (folder / "cgroup.kill").write_text("1")
        with contextlib.suppress(OSError):
            folder.rmdir()
