"""All processes of one unit, those included that hide: new sessions, lost parents, daemons.

A process belongs to the unit when it descends from its main process, shares its session, was seen
to belong earlier, or carries the unit's mark in its environment. Whoever sheds all four has left.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.supervisor import table
from rackhouse.supervisor.table import Entry

MARK = "RACKHOUSE_UNIT"
_ROUNDS = 100  # of killing what was born while the round before killed


def mark(root: Path, name: str) -> str:
    """The value of `MARK` in the environment of that unit's processes."""
    return f"{root}#{name}"


def marked(root: Path, entries: Mapping[int, Entry]) -> set[str]:
    """Names of units that have living processes, by their marks."""
    prefix = f"{MARK}={mark(root, '')}".encode()
    found = (word for pid in entries if pid != os.getpid() for word in table.environment(pid))
    return {
        word.removeprefix(prefix).decode(errors="replace")
        for word in found
        if word.startswith(prefix)
    }


@dataclass(slots=True)
class Tree:
    """The processes of one unit, as far as known. `main` is the pid of its main process, or 0."""

    mark: str
    main: int = 0
    _known: dict[int, int] = field(default_factory=dict)  # pid to birth

    def begin(self, main: int, born: int) -> None:
        """The unit has this main process from now on; it may have ended already."""
        self.main = main
        self._known = {main: born}

    def members(self, entries: Mapping[int, Entry]) -> list[Entry]:
        """Who belongs to it now, found without reading environments; cheap."""
        return self._with_descendants(entries, self._roots(entries))

    async def kill(self) -> list[int]:
        """SIGKILL everyone, until nobody is left. Pids of those who cannot be killed."""
        left: list[Entry] = []
        for _ in range(_ROUNDS):
            entries = table.scan()
            left = self._with_descendants(entries, self._roots(entries) | self._marked(entries))
            if not left:
                break
            for entry in left:
                table.send(entry, signal.SIGKILL)
            await asyncio.sleep(0.01)
        self.main = 0
        self._known = {}
        return [entry.pid for entry in left]

    def _roots(self, entries: Mapping[int, Entry]) -> set[int]:
        known = (e for pid in self._known if (e := entries.get(pid)))
        roots = {entry.pid for entry in known if entry.born == self._known[entry.pid]}
        # A session whose leader is a stranger is a stranger's.
        if self.main and (self.main in roots or self.main not in entries):
            roots |= {entry.pid for entry in entries.values() if entry.session == self.main}
        return roots

    def _marked(self, entries: Mapping[int, Entry]) -> set[int]:
        word = f"{MARK}={self.mark}".encode()
        return {pid for pid in entries if word in table.environment(pid)}

    def _with_descendants(self, entries: Mapping[int, Entry], roots: set[int]) -> list[Entry]:
        found = table.below(entries, roots) - {os.getpid()}
        if self.main:
            self._known = {pid: entries[pid].born for pid in found}
        return [entries[pid] for pid in sorted(found)]
