"""Files and tools, read. What is not there, or may not be read, is None or empty."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = ""  # put before every path that is read; a test's folder


def text(path: str) -> str | None:
    """A small file, without what ends it; None where there is none."""
    try:
        with open(ROOT + path, encoding="utf-8", errors="replace") as file:
            return file.read().strip("\0\n ")
    except OSError:
        return None


def words(path: str) -> list[str] | None:
    """The words of a file; None where there is none."""
    found = text(path)
    return None if found is None else found.split()


def listed(folder: str) -> list[str]:
    """The paths in a folder, in order."""
    try:
        return [f"{folder}/{name}" for name in sorted(os.listdir(ROOT + folder))]
    except OSError:
        return []


def said(command: str) -> str:
    """What a command answers; nothing where it is not there or fails. Fixed words alone."""
    with os.popen(f"{command} 2> /dev/null < /dev/null") as pipe:  # noqa: S605 (fixed words)
        return pipe.read()


def tried(measure: Callable[[], object]) -> object:
    """What it measures, or None: a full disk, a file that may not be read."""
    try:
        return measure()
    except (OSError, ValueError, IndexError):
        return None
