"""Log files of units and of the supervisor itself: rotation, and the last thing that was said."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from pathlib import Path

LIMIT = 10_000_000  # bytes of one log file
KEEP = 3  # rotated elders: NAME.log.1 is the youngest
_CHUNK = 1_000_000


def open_own(path: Path) -> None:
    """Send the supervisor's own words to `path`: one line each, with the time in UTC."""
    handler = logging.FileHandler(path, encoding="utf-8")
    layout = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    layout.converter = time.gmtime
    handler.setFormatter(layout)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a full disk must not stop what runs


def rotate(path: Path, limit: int = LIMIT, keep: int = KEEP) -> bool:
    """Make `path` empty when it is longer than `limit`, and keep its end as `path.1`.

    Copied and cut rather than renamed: the child holds the file open for appending and would go on
    writing to the renamed one. What it writes between copy and cut is lost. When the disk is too
    full for the copy it is cut all the same.
    """
    try:
        size = path.stat().st_size
        if size <= limit:
            return False
        for number in range(keep - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                _elder(path, number).replace(_elder(path, number + 1))
        try:
            _copy_end(path, _elder(path, 1), limit)
        except OSError:
            _elder(path, 1).unlink(missing_ok=True)
        os.truncate(path, 0)
    except OSError:  # gone, or not ours to write: there is nothing to rotate
        return False
    return True


def last_line(path: Path, start: int = 0) -> str:
    """The last line that is not blank, of what was written after byte `start`; for people."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        # A file that is shorter than it was has been rotated since.
        file.seek(max(start if start <= size else 0, size - 4096))
        lines = file.read().decode(errors="replace").splitlines()
        said = (line.strip() for line in reversed(lines))
        return "".join(c for c in next(filter(None, said), "") if c.isprintable())[:300]
    return ""


def size(path: Path) -> int:
    """Bytes in the file; 0 when there is none."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def _elder(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _copy_end(path: Path, target: Path, limit: int) -> None:
    with path.open("rb") as source, target.open("wb") as copy:
        target.chmod(0o600)
        source.seek(-limit, os.SEEK_END)
        while limit > 0 and (chunk := source.read(min(_CHUNK, limit))):
            limit -= copy.write(chunk)
