"""Run records: what a child wrote of itself before it began, so that it can be found again.

`states/NAME.run` outlives the supervisor. It is trusted only as far as the kernel agrees: same
boot, same pid, same moment of birth.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from rackhouse.supervisor import table
from rackhouse.supervisor.unit import Kind, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run of a unit. `code`: how it ended, where a job or a timer's run got that far."""

    pid: int
    born: int
    boot: str
    digest: str
    kind: Kind
    stop_signal: str
    grace: float
    code: int | None = None

    @property
    def alive(self) -> table.Entry | None:
        """The process, if it still is the one that wrote this."""
        entry = table.look(self.pid)
        if entry is None or self.boot != table.boot() or entry.born != self.born:
            return None
        return entry

    def unit(self, name: str) -> Unit:
        """As much of the unit as is needed to stop it, when its file is gone."""
        return Unit(
            name=name,
            kind=self.kind,
            command=(),
            stop_signal=self.stop_signal,
            grace=self.grace,
            digest=self.digest,
        )


def path_of(states: Path, name: str) -> Path:
    """Where the record of `name` is."""
    return states / f"{name}.run"


def tag(unit: Unit) -> str:
    """What the child shall write beside its own pid."""
    body = [table.boot(), unit.digest, unit.kind, unit.stop_signal, unit.grace]
    return json.dumps(body)


def read(path: Path) -> Record | None:
    """The record, or None when there is none or it was cut short."""
    try:
        pid, tag, stat, *end = path.read_text("utf-8").splitlines()
        boot, digest, kind, stop_signal, grace = json.loads(tag)
        return Record(
            pid=int(pid),
            born=_born(stat, int(pid), path),
            boot=boot,
            digest=digest,
            kind=Kind(kind),
            stop_signal=stop_signal,
            grace=grace,
            code=int(end[0]) if end else None,
        )
    except (OSError, ValueError, TypeError):
        return None


def names(states: Path) -> set[str]:
    """Units that have a record."""
    return {path.stem for path in states.glob("*.run")}


def drop(path: Path) -> None:
    """Forget that run: it has ended."""
    with contextlib.suppress(OSError):
        path.unlink()


def _born(stat: str, pid: int, path: Path) -> int:
    """The birth in the record. Where there is no /proc: the living one's, if older than the file,
    since whoever gets a pid later is born later.
    """
    if entry := table.parse(stat.encode()):
        return entry.born
    living = table.look(pid)
    return living.born if living and table.birthday(living) <= path.stat().st_mtime + 1 else 0
