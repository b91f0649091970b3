"""The records of what this rack made: one file each, below /var/lib/rackhouse. Judges nothing.

A record: `kind` and `name` of the Id, `as` (the spec's class), `rack`, `stamp` (its JSON text),
`spec` without contents, `before`, `done` and `found` (SHA-256 of the state after making, empty
while it is half made). Readable by root alone, since what was there before may be secret.
"""

from __future__ import annotations

import fcntl
import os

from rackhouse.targets.host.agent import disk, wire
from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Json, Say

HOME = "/var/lib/rackhouse"
STAMPS = HOME + "/stamps"


def read(key: str) -> dict[str, Json] | None:
    """The record of `kind/name`, both quoted; None when there is none."""
    raw = disk.read(_path(key))
    if raw is None:
        return None
    try:
        record: dict[str, Json] = wire.loads(raw.decode())
    except (ValueError, SyntaxError):
        fix = "remove that file: the thing is then taken for a stranger's"
        raise Failure(f"{_path(key)} is not a record of ours", fix) from None
    return record


def write(key: str, record: dict[str, Json]) -> None:
    """Keep a record, wholly on the disk when this returns."""
    disk.make_parents(_path(key), 0o700)
    disk.write(_path(key), wire.dumps(record).encode(), 0o600)


def drop(key: str) -> None:
    """Forget it."""
    disk.clear(_path(key))


def keys() -> list[str]:
    """The keys of all records."""
    files = [f"{kind}/{name}" for kind in _listed(STAMPS) for name in _listed(f"{STAMPS}/{kind}")]
    return sorted(name[:-5] for name in files if name.endswith(".json"))


class Lock:
    """Held while something is changed, by one agent at a time. Falls with the process."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def __enter__(self) -> None:
        disk.make_parents(HOME + "/lock", 0o700)
        self._fd = os.open(disk.at(HOME + "/lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._say("waiting for another apply, or what a broken one began, on this machine")
            fcntl.flock(self._fd, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)


def _path(key: str) -> str:
    return f"{STAMPS}/{key}.json"


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(disk.at(folder))
    except FileNotFoundError:
        return []
