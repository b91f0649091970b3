"""What the console looks at: the store, the state folder, and the rack file as it is now."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import FileError, Problem, RackhouseError
from rackhouse.kit.files import read_text
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store

_log = logging.getLogger("rackhouse.console")


@dataclass(frozen=True, slots=True, kw_only=True)
class RackFile:
    """The rack, and the file that it was read from; without one, it is a rack of one machine.

    `wrong`: why the file as it is now is passed over, "" when it is not; `rack` is then that of
    the last good one. `problems` are those of its lines.
    """

    rack: Rack = Rack()
    path: Path | None = None
    wrong: str = ""
    problems: tuple[Problem, ...] = ()


class House:
    """A `operations.view.House` whose rack follows the file."""

    def __init__(self, store: Store, paths: Paths, file: Path | None) -> None:
        self.store = store
        self.paths = paths
        self._file = RackFile(path=file)
        self._read = -1.0

    @property
    def rack(self) -> Rack:
        """The rack of the file; of the last good one while it is broken (`plan` says how)."""
        return self.file().rack

    def file(self) -> RackFile:
        """The rack file, read again when it has changed."""
        path = self._file.path
        changed = _changed(path) if path else 0.0
        if changed != self._read:
            self._read = changed
            self._file = _read(path, self._file.rack) if path else self._file
        return self._file


def _read(path: Path, before: Rack) -> RackFile:
    try:
        return RackFile(rack=load(read_text(path) or "", str(path)), path=path)
    except RackhouseError as error:
        _log.warning("the rack file is passed over: %s", error)
        problems = error.problems if isinstance(error, FileError) else ()
        return RackFile(rack=before, path=path, wrong=error.what, problems=problems)


def _changed(file: Path) -> float:
    with contextlib.suppress(OSError):
        return file.stat().st_mtime
    return 0.0
