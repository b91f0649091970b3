"""What the console looks at: the store, the state folder, and the rack file as it is now."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import read_text
from rackhouse.kit.paths import Paths
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.store.protocol import Store

_log = logging.getLogger("rackhouse.console")


class House:
    """A `operations.view.House` whose rack follows the file."""

    def __init__(self, store: Store, paths: Paths, file: Path | None) -> None:
        self.store = store
        self.paths = paths
        self._file = file
        self._rack = Rack()
        self._read = -1.0

    @property
    def rack(self) -> Rack:
        """The rack of the file; of the last good one while it is broken (`plan` says how)."""
        changed = _changed(self._file) if self._file else 0.0
        if changed != self._read:
            self._read = changed
            try:
                text = read_text(self._file) if self._file else None
                self._rack = load(text or "", str(self._file))
            except RackhouseError as error:
                _log.warning("the rack file is passed over: %s", error)
        return self._rack


def _changed(file: Path) -> float:
    with contextlib.suppress(OSError):
        return file.stat().st_mtime
    return 0.0
