"""The empty folder that a restore fills, and what one that was killed left of it.

A mark lies in the folder while a restore is under way, held by whoever is at it. A mark that nobody
holds was left by one that was killed: whatever is beside it is worth nothing, since the backup has
all of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rackhouse.kit.errors import Refused
from rackhouse.kit.files import host_error
from rackhouse.kit.paths import Paths
from rackhouse.store.lock import hold
from rackhouse.supervisor.client import start, stop

_MARK = "restore.lock"


@contextmanager
def filling(root: Path, what: str, now: float) -> Iterator[Paths]:
    """The folder, empty, to be filled in the block; if that fails, it is as it was before.

    Refused when it holds something. Locked when another restore is filling it.
    """
    paths, was_there = Paths(root), root.exists()
    if not is_half_filled(root) and was_there and any(root.iterdir()):
        raise Refused(
            f"{root} is not empty" + (": a rack is in it" if paths.store.exists() else ""),
            fix="name another folder with --home, or remove this one if nobody needs what it holds",
        )
    with hold(root / _MARK, what, now):
        _clear(paths)
        try:
            yield paths
        except BaseException:
            _clear(paths)
            (root / _MARK).unlink()
            if not was_there:
                root.rmdir()
            raise
        (root / _MARK).unlink()


def is_half_filled(root: Path) -> bool:
    """Whether a restore into this folder is under way, or was killed."""
    return (root / _MARK).exists()


def _clear(paths: Paths) -> None:
    """Stop what runs and remove all but the mark."""
    try:
        if paths.units.exists():
            shutil.rmtree(paths.units)
            start(paths)  # if it was killed too: it stops whatever it finds without a unit
            stop(paths)
        for left in paths.root.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            elif left.name != _MARK:
                left.unlink()
    except OSError as error:
        raise host_error(error, Path(error.filename or paths.root)) from error
