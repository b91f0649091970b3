"""What has changed in a folder that somebody works on. Looks, again and again; changes nothing.

By asking, since that is the same on every system and file system, and costs little: the files that
belong to the folder are listed again when a folder has changed, and a look at each is quick.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from rackhouse.app.tree import entries
from rackhouse.kit.errors import RackhouseError

PAUSE = 0.2  # seconds between looks
SHARE = 20  # of the time, at most one part in so many goes into looking
_QUIET = 0.05  # seconds without a change until a change is over: editors write several files
_LOUDEST = 40  # looks for that, at most
_LIST_ANYWAY = 10  # in every so many looks: a file in a folder that was empty changes no other
_SCRATCH = ("~", ".swp", ".swx", ".tmp", "4913")  # ends of names that editors write beside a file

Look = Mapping[str, tuple[int, int, int]]


class Watch:
    """One folder. Raises as `tree.entries` when it is made, and never again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = self._listed()
        self._folders = _folders(self._files)
        self._turn = itertools.count(1)
        self._places: Look = {}
        self._seen = self._look()
        self.pause = PAUSE  # how long to wait before the next look

    def changes(self) -> tuple[str, ...]:
        """What has changed since the last answer, sorted, once it has come to rest."""
        began = time.monotonic()
        now = self._look()
        self.pause = max(PAUSE, SHARE * (time.monotonic() - began))
        if now == self._seen:
            return ()
        for _ in range(_LOUDEST):
            time.sleep(_QUIET)
            before, now = now, self._look()
            if before == now:
                break
        changed = {path for path, what in now.items() ^ self._seen.items()}
        self._seen = now
        return tuple(sorted(changed))

    def _look(self) -> Look:
        places = _stats(self._folder, self._folders)
        if places != self._places or next(self._turn) % _LIST_ANYWAY == 0:
            with suppress(RackhouseError):  # a pipe, or too much: the files known so far count
                self._files = self._listed()
            self._folders = _folders(self._files)
            self._places = _stats(self._folder, self._folders)
        return _stats(self._folder, self._files)

    def _listed(self) -> tuple[str, ...]:
        return tuple(it.path for it in entries(self._folder) if not it.path.endswith(_SCRATCH))


def _folders(files: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({str(place) for file in files for place in PurePosixPath(file).parents} | {"."})


def _stats(folder: Path, paths: tuple[str, ...]) -> Look:
    found = {}
    for path in paths:
        with suppress(OSError):
            it = (folder / path).lstat()
            found[path] = (it.st_mtime_ns, it.st_size, it.st_ino)
    return found
