"""Network namespaces and the processes in them: found, killed, removed. Knows nothing of racks.

Whoever is in a namespace belongs to it: that is how everything is found again after a `kill -9`.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from rackhouse.kit.errors import NotReady
from rackhouse.twin.home import NETNS
from rackhouse.twin.tools import ip_batch

_PATIENCE = 10.0  # seconds for which killed processes may linger
_PAUSE = 0.005


def pids(names: Iterable[str]) -> dict[str, list[int]]:
    """The processes in each of these namespaces, oldest first as far as their numbers tell.

    Never our own namespace, whatever bears the name.
    """
    found: dict[str, list[int]] = {name: [] for name in names}
    wanted = {key: name for name in found if (key := _key(NETNS / name)) is not None}
    wanted.pop(_key(Path("/proc/self/ns/net")) or (0, 0), None)
    if wanted:
        for pid in sorted(int(each) for each in os.listdir("/proc") if each.isdigit()):  # noqa: PTH208 (numbers, not paths)
            if (name := wanted.get(_key(Path(f"/proc/{pid}/ns/net")) or (0, 0))) is not None:
                found[name].append(pid)
    return found


def kill(names: Iterable[str]) -> None:
    """SIGKILL everything in these namespaces, as a power cut does, and wait until it is gone."""
    names = list(names)
    deadline = time.monotonic() + _PATIENCE
    while left := [pid for found in pids(names).values() for pid in found]:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > deadline:
            raise NotReady(
                f"processes {', '.join(map(str, left))} do not end although they were killed",
                fix="see what they wait for: cat /proc/PID/stack",
            )
        time.sleep(_PAUSE)


def remove(names: Iterable[str]) -> None:
    """Kill what is in these namespaces, then remove them, and with them their interfaces."""
    names = list(names)
    kill(names)
    if names:
        ip_batch([f"netns del {name}" for name in names])


def _key(path: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None
