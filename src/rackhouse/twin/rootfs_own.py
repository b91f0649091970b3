"""The root file system made by whoever runs the twin: by root, or in a user namespace by an
ordinary account, so that its files belong to the accounts that nodes will have there.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import make_folder
from rackhouse.kit.process import run_sync
from rackhouse.kit.tail import Say
from rackhouse.store.lock import hold
from rackhouse.twin import holder, rootfs
from rackhouse.twin.tools import need

_PATIENCE = 600.0  # seconds for some hundred megabytes
# Devices are nobody's to make, and nodes are given theirs when they start.
_UNPACK = """
rm -rf "$2" && mkdir "$2" && chmod 755 "$2" &&
tar --extract --file "$1" --directory "$2" --numeric-owner --same-permissions --exclude './dev/*'
"""


def make(say: Say | None = None, archive: Path | None = None) -> Path:
    """Make it in the cache unless it is there: of a tar archive, or else by mmdebstrap, from the
    Internet. HostError says what this machine forbids.
    """
    if archive is None and os.geteuid() == 0:
        return rootfs.make(say)
    path = rootfs.cached()
    make_folder(path.parent)
    with hold(path.parent / "root.lock", "rackhouse twin root", time.time()):
        if not path.is_dir():
            made = path.with_name(f"{path.name}.tar")
            try:
                if archive is None:
                    need("mmdebstrap")
                    rootfs.bootstrap(made, say, "--mode=unshare")
                _unpack(archive or made, path)
            finally:
                made.unlink(missing_ok=True)
    return path


def remove() -> bool:
    """Remove it; answer whether there was one. `rm` alone may not: its files are others'."""
    path = rootfs.cached()
    there = path.is_dir()
    if there:
        _inside(path.parent, 'rm -rf "$1"', path)
    return there


def _unpack(archive: Path, path: Path) -> None:
    draft = path.with_name(f"{path.name}.draft")
    _inside(path.parent, _UNPACK, archive.absolute(), draft)
    draft.rename(path)


def _inside(folder: Path, script: str, *paths: Path) -> None:
    into = holder.hold(folder)
    try:
        argv = [*into, "sh", "-c", script, "sh", *map(str, paths)]
        done = run_sync(argv, timeout=_PATIENCE)
    finally:
        holder.release(folder)
    if done.code != 0:
        raise HostError(
            f"the root file system cannot be written: {done.last}",
            where=str(paths[-1]),
            fix="see whether there is room on that disk, and whether the archive is whole",
        )
