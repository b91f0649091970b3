"""What units have said: the end of a log, and what is said from now on, across rotation.

A unit's log is what it wrote, byte for byte; it is shown as lines without control characters, so
that a program cannot paint on the reader's terminal. Lines carry no time of their own; several
units are interleaved as their lines arrive. The supervisor rotates by copying and cutting, so a
file that is shorter than where we were has been rotated: the rest is in its youngest elder.
Names are compared with the files that are there and never made into a path.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import Missing
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import did_you_mean

PAUSE = 0.2  # seconds between looks at a file that is followed
LONGEST = 4096  # characters of a line that are shown
_BLOCK = 65536
_MEMORY = 512
_LOOK_FOR_NEW = 10  # in every so many pauses
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that `unit` wrote; `time` is ISO 8601 where it is known, on a cluster."""

    unit: str
    text: str
    time: str = ""


def units_of(paths: Paths, names: Sequence[str]) -> list[str]:
    """The units behind names of parts, applications and units; all that have a log for none.

    Raises Missing for a name behind which there is none, and when nothing ever had a log.
    """
    known = _known(paths)
    if not known:
        raise Missing("nothing has run here yet, so there is no log", fix="run `rackhouse up`")
    for name in names:
        if not _behind(name, known):
            raise Missing(
                f"nothing called {name!r} has a log.{did_you_mean(name, known)}",
                fix="`rackhouse status` shows what there is",
            )
    return _chosen(known, names)


def tail(paths: Paths, names: Sequence[str] = (), count: int = 100) -> list[Line]:
    """The last `count` lines of each unit behind `names`, unit by unit, elders included."""
    readers = [_Reader(paths, unit) for unit in units_of(paths, names)]
    return [line for reader in readers for line in (*reader.last(count), *reader.unfinished())]


async def follow(
    paths: Paths, names: Sequence[str] = (), count: int = 100, *, patient: bool = False
) -> AsyncGenerator[Line, None]:
    """What `tail` answers, then what is said from then on, also by units that are new. Never ends.

    A line is shown once it is whole. Names that have no log yet are Missing, unless `patient`.
    """
    units = _chosen(_known(paths), names) if patient else units_of(paths, names)
    readers = {unit: _Reader(paths, unit) for unit in units}
    for reader in readers.values():
        for line in reader.last(count):
            yield line
    for turn in itertools.count(1):
        await asyncio.sleep(PAUSE)
        if turn % _LOOK_FOR_NEW == 0:
            for unit in _chosen(_known(paths), names):
                readers.setdefault(unit, _Reader(paths, unit))
        for reader in readers.values():
            for line in reader.news():
                yield line


def _known(paths: Paths) -> list[str]:
    return sorted(file.name.removesuffix(".log") for file in paths.logs.glob("[!.]*.log"))


def _behind(name: str, known: Sequence[str]) -> list[str]:
    return [unit for unit in known if unit == name or unit.startswith(f"{name}.")]


def _chosen(known: Sequence[str], names: Sequence[str]) -> list[str]:
    """What is behind the names, in their order and each once; everything for no names."""
    found = (unit for name in names for unit in _behind(name, known)) if names else known
    return list(dict.fromkeys(found))


class _Reader:
    """One unit's log, and how far it was read."""

    def __init__(self, paths: Paths, unit: str) -> None:
        self.unit = unit
        self._path = paths.logs / f"{unit}.log"
        self._elder = self._path.with_name(f"{self._path.name}.1")
        self._at = 0
        self._seen = b""  # the last that was read, to find the place again after a rotation
        self._rest = b""  # a line that has no end yet

    def last(self, count: int) -> Iterator[Line]:
        """The last `count` whole lines; `news` goes on from there."""
        self._at = _size(self._path)
        *lines, self._rest = _last(self._path, self._at, count)
        self._seen = b"\n".join([*lines, self._rest])[-_MEMORY:]
        if len(lines) < count:
            elder = _last(self._elder, _size(self._elder), count - len(lines))[:-1]
            lines = [*elder, *lines]
        return self._lines(lines)

    def unfinished(self) -> Iterator[Line]:
        """The line that has no end yet, when there is one."""
        return self._lines([self._rest] if self._rest else [])

    def news(self) -> Iterator[Line]:
        """What was written since."""
        size = _size(self._path)
        if size < self._at:
            yield from self._take(self._missed())
            self._at = 0
        fresh = _read(self._path, self._at, size)
        self._at += len(fresh)
        yield from self._take(fresh)

    def _missed(self) -> bytes:
        """What was written between our last look and the rotation: the end of the elder."""
        elder = _read(self._elder, 0, _size(self._elder))
        known = elder.rfind(self._seen, 0, self._at)
        return elder[known + len(self._seen) :] if known >= 0 else elder

    def _take(self, fresh: bytes) -> Iterator[Line]:
        self._seen = (self._seen + fresh)[-_MEMORY:]
        *whole, self._rest = (self._rest + fresh).split(b"\n")
        return self._lines(whole)

    def _lines(self, raw: Sequence[bytes]) -> Iterator[Line]:
        return (Line(self.unit, clean(line)) for line in raw)


def clean(raw: bytes) -> str:
    """A line as it may be shown: UTF-8 or what is left of it, no escapes, not endless."""
    text = _CONTROL.sub("", raw.decode("utf-8", "replace"))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def _last(path: Path, end: int, count: int) -> list[bytes]:
    """The last `count` whole lines before byte `end`, and then what follows the last of them."""
    start, found = end, b""
    while start > 0 and found.count(b"\n") <= count:
        start = max(0, start - _BLOCK)
        found = _read(path, start, min(start + _BLOCK, end)) + found
    return found.split(b"\n")[-count - 1 :]


def _read(path: Path, start: int, end: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(max(0, end - start))
    except FileNotFoundError:
        return b""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
