"""The processes that wait to go back from a trial: a test ends those of its own folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil


def end(folder: Path) -> None:
    """Kill whoever waits over a script in `folder`, with what it waits by."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid == os.getpid() or not _waits(process, str(folder)):
                continue
            for each in (process, *process.children()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()


def _waits(process: psutil.Process, folder: str) -> bool:
    words = process.cmdline()
    return words[:2] == ["sh", "-c"] and any(word.startswith(folder) for word in words[3:])
