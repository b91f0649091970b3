"""A control group of its own for each node that systemd boots; else one node's systemd would find
the others' services among its own. Named as the node's namespace is.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

# Version 2; both versions side by side (systemd then keeps its own books in the second of them).
_TREES = tuple(map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd")))
_PATIENCE = 5.0  # seconds for the kernel to notice that the last process is gone
_PAUSE = 0.01


def groups(name: str) -> list[Path]:
    """Where the processes of that node go; one folder for each tree that this machine has."""
    return [tree / name for tree in _TREES if (tree / "cgroup.procs").exists()]


def found(prefix: str) -> list[str]:
    """The names of all that there are now, by what their names begin with."""
    return sorted({path.name for tree in _TREES for path in tree.glob(f"{prefix}*")})


def remove(name: str) -> None:
    """Remove what a node that was killed left."""
    deadline = time.monotonic() + _PATIENCE
    for group in groups(name):
        while group.exists() and time.monotonic() < deadline:
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):  # busy for another moment
                    Path(folder).rmdir()
            if group.exists():
                time.sleep(_PAUSE)
