"""The kernel's process table: who is whose child, since when, with how much memory. Looks only.

From /proc where there is one (a tenth of psutil's cost and memory), else from psutil.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One living process. `born` is the kernel's own count; with the pid it names it for ever."""

    pid: int
    parent: int
    session: int
    born: int
    cpu: float  # seconds, with those of children that it has seen the end of
    rss: int  # bytes


def scan() -> Mapping[int, Entry]:
    """Every living process, by pid."""
    if not _has_proc():
        return {entry.pid: entry for entry in _psutil_entries()}
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())  # noqa: PTH208 (names)
    return {pid: entry for pid in pids if (entry := look(pid))}


def look(pid: int) -> Entry | None:
    """One process, or None when it is not alive (a zombie is not)."""
    if not _has_proc():
        return next(_psutil_entries(pid), None)
    try:
        return parse(Path(f"/proc/{pid}/stat").read_bytes())
    except OSError:
        return None


def parse(stat: bytes) -> Entry | None:
    """A line of /proc/PID/stat; None for a zombie or no such line. See proc_pid_stat(5)."""
    head, _, tail = stat.rpartition(b") ")  # the name in between may hold anything
    fields = tail.split()
    if len(fields) < 22 or fields[0] in b"ZX":
        return None
    return Entry(
        pid=int(head.partition(b" ")[0]),
        parent=int(fields[1]),
        session=int(fields[3]),
        born=int(fields[19]),
        cpu=sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"),
        rss=int(fields[21]) * os.sysconf("SC_PAGE_SIZE"),
    )


def is_zombie(pid: int) -> bool:
    """Whether it has ended and its parent has not yet asked how. Not known where is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return stat.rpartition(b") ")[2][:1] == b"Z"


def below(table: Mapping[int, Entry], roots: Iterable[int]) -> set[int]:
    """`roots` and all that descends from them."""
    children: dict[int, list[int]] = {}
    for entry in table.values():
        children.setdefault(entry.parent, []).append(entry.pid)
    found: set[int] = set()
    todo = [pid for pid in roots if pid in table]
    while todo:
        if (pid := todo.pop()) not in found:
            found.add(pid)
            todo += children.get(pid, ())
    return found


def environment(pid: int) -> tuple[bytes, ...]:
    """`NAME=value` of a process as it began; empty where we may not look."""
    if not _has_proc():
        return _psutil_environment(pid)
    try:
        return tuple(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:
        return ()


def send(entry: Entry, number: signal.Signals) -> None:
    """Signal that very process, and never a stranger who got its pid."""
    with contextlib.suppress(OSError):
        if not hasattr(os, "pidfd_open"):
            if (now := look(entry.pid)) and now.born == entry.born:
                os.kill(entry.pid, number)
            return
        fd = os.pidfd_open(entry.pid)
        try:
            if (now := look(entry.pid)) and now.born == entry.born:
                signal.pidfd_send_signal(fd, number)
        finally:
            os.close(fd)


@functools.cache
def boot() -> str:
    """This boot of the machine: `born` counts from it. Empty where `born` is a date."""
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def birthday(entry: Entry) -> float:
    """When it was started: Unix seconds, the same as psutil's create_time."""
    return _booted() + entry.born / os.sysconf("SC_CLK_TCK") if _has_proc() else entry.born / 1000


@functools.cache
def _has_proc() -> bool:
    return Path("/proc/self/stat").exists()


def _booted() -> float:
    lines = Path("/proc/stat").read_text("ascii").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("btime"))


def _psutil_entries(pid: int | None = None) -> Iterator[Entry]:
    import psutil

    for pid_ in psutil.pids() if pid is None else (pid,):
        with contextlib.suppress(psutil.Error, OSError):
            process = psutil.Process(pid_)
            with process.oneshot():
                if process.status() != psutil.STATUS_ZOMBIE:
                    yield Entry(
                        pid=pid_,
                        parent=process.ppid(),
                        session=os.getsid(pid_),
                        born=round(process.create_time() * 1000),
                        cpu=sum(process.cpu_times()[:4]),
                        rss=process.memory_info().rss,
                    )


def _psutil_environment(pid: int) -> tuple[bytes, ...]:
    import psutil

    try:
        return tuple(f"{k}={v}".encode() for k, v in psutil.Process(pid).environ().items())
    except (psutil.Error, OSError):
        return ()
