"""The lines of a run's log by their numbers, from anywhere in a file of any length. Blocks."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rackhouse.delivery.runs.log import Line, parse_line

MOST = 2000  # lines on one page
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line, and which one of the file it is, from 1."""

    number: int
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Some lines of a log that has `total`. `first` and `last` are the numbers at its ends."""

    lines: tuple[Numbered, ...] = ()
    first: int = 1
    last: int = 0
    total: int = 0

    @property
    def whole(self) -> bool:
        """Whether the log is no longer than that."""
        return len(self.lines) == self.total


class Tail:
    """Reads a log on from line `first`, as far as it is written; again and again."""

    def __init__(self, folder: Path, first: int = 1) -> None:
        self._file = folder / "log.jsonl"
        self._offset, self.number = _place(self._file, first)

    def read(self, limit: int) -> list[Numbered]:
        """The next lines, at most so many. `number` is then that of the last one."""
        found = []
        with _opened(self._file) as stream:
            stream.seek(self._offset)
            for raw in itertools.islice(stream, limit):
                if not raw.endswith(b"\n"):
                    break
                self._offset += len(raw)
                self.number += 1
                if line := parse_line(raw):
                    found.append(Numbered(self.number, line))
        return found


def read_window(folder: Path, around: int = 0, most: int = MOST) -> Window:
    """The last lines of a log, or those `around` the one with that number; `most` of them."""
    total = sum(chunk.count(b"\n") for chunk in _chunks(folder / "log.jsonl"))
    last = min(total, around + most // 2) if 0 < around <= total else total
    first = max(1, last - most + 1)
    lines = tuple(Tail(folder, first).read(last - first + 1)) if last else ()
    return Window(lines=lines, first=first, last=last, total=total)


def _place(file: Path, first: int) -> tuple[int, int]:
    """Where line `first` begins, and how many lines come before it."""
    offset = before = 0
    for chunk in _chunks(file):
        count = chunk.count(b"\n")
        if before + count >= first - 1:
            at = 0
            for _ in range(first - 1 - before):
                at = chunk.index(b"\n", at) + 1
            return offset + at, first - 1
        offset, before = offset + len(chunk), before + count
    return offset, before


def _chunks(file: Path) -> Iterator[bytes]:
    with _opened(file) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _opened(file: Path) -> BinaryIO:
    """The file, or nothing where a run has not said anything yet."""
    return file.open("rb") if file.exists() else io.BytesIO()
