"""What a run says: `runs/NUMBER/log.jsonl`, one JSON object a line, appended and never changed.

The terminal of whoever pushed, the console and `rackhouse logs --run` all read it. A line that a
kill cut in half is passed over. Secrets are masked before they reach `RunLog.say`, by its `mask`.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from rackhouse.kit.files import make_folder

MOST = 16 << 20  # bytes of a log, after which it takes no more of what programs say
_ENOUGH = "that is more than a log takes: the rest of what programs say is left out"


class Kind(StrEnum):
    """What a line is."""

    TEXT = "text"  # a program's output
    GROUP = "group"  # a step begins: what follows belongs to it until the next GROUP of its job
    NOTE = "note"  # Rackhouse speaks
    ERROR = "error"  # why it is not live


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `at`: Unix seconds. `job` and `step` are titles, "" for the run itself."""

    at: float
    kind: Kind
    text: str
    job: str = ""
    step: str = ""


class RunLog:
    """Appends to the log of one run. Safe to use from several threads and processes: a line is one
    write to a file that is opened for appending.
    """

    def __init__(self, folder: Path, mask: Callable[[str], str] = str) -> None:
        make_folder(folder)
        self._mask = mask
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._fd = os.open(folder / "log.jsonl", flags, 0o600)
        self._told = self._cut = False

    def say(self, text: str, kind: Kind = Kind.TEXT, *, job: str = "", step: str = "") -> None:
        """Add what is said, each of its lines as one. What programs say beyond `MOST` bytes is left
        out, and that is said once. What a full disk does not take is not said: how the run ends is
        in its row.
        """
        if kind is Kind.TEXT and os.fstat(self._fd).st_size > MOST:
            if self._told:
                return
            self._told, kind, text = True, Kind.NOTE, _ENOUGH
        at, said = time.time(), self._mask(text).split("\n")
        lines = (Line(at=at, kind=kind, text=one, job=job, step=step) for one in said)
        text = "\n" * self._cut + "".join(json.dumps(asdict(line)) + "\n" for line in lines)
        with contextlib.suppress(OSError):
            self._cut = os.write(self._fd, text.encode()) < len(text.encode())

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)


def read_log(folder: Path, offset: int = 0) -> Iterator[tuple[Line, int]]:
    """The whole lines from byte `offset` on, each with the offset behind it."""
    file = folder / "log.jsonl"
    if not file.exists():
        return
    with file.open("rb") as stream:
        stream.seek(offset)
        for raw in stream:
            if not raw.endswith(b"\n"):
                return
            offset += len(raw)
            line = parse_line(raw)
            if line is not None:
                yield line, offset


def parse_line(raw: bytes) -> Line | None:
    """One line of the file; None for what a kill left of one."""
    try:
        said = json.loads(raw)
        return Line(**{**said, "kind": Kind(said["kind"])})
    except (ValueError, TypeError, KeyError):
        return None
