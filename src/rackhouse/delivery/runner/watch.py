"""Looks at a running job, a few times a second: what do all its processes and folders use together?

`setrlimit` counts by process and by file; a job that has many of both meets its limit here.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from rackhouse.delivery.runner.limits import Limits
from rackhouse.kit.text import format_bytes
from rackhouse.supervisor import table
from rackhouse.supervisor.tree import Tree

_PROCESSES_EVERY = 0.2  # seconds
_FOLDERS_EVERY = 1.0  # seconds at least: a folder of many files is slow to count


async def watch(tree: Tree, state: Path, folders: Sequence[Path], limits: Limits) -> str:
    """Look until a limit is passed; then say which. Ends only then: cancel it when the job ends."""
    disk = asyncio.create_task(_watch_folders(folders, limits.folder_bytes))
    try:
        while not disk.done():
            await asyncio.wait({disk}, timeout=_PROCESSES_EVERY)
            if passed := await asyncio.to_thread(_processes, tree, state, limits):
                return passed
        return disk.result()
    finally:
        disk.cancel()


def _processes(tree: Tree, state: Path, limits: Limits) -> str:
    if not tree.main:
        begin(tree, state)
    members = tree.members(table.scan())
    if len(members) > limits.processes + 3:  # its keepers: who waits, pid 1, a fork under way
        return f"it started more than {limits.processes} processes"
    used = sum(entry.rss for entry in members)
    if used > limits.memory and sum(map(_own_memory, members)) > limits.memory:
        return f"it used more than {format_bytes(limits.memory)} of memory"
    return ""


def begin(tree: Tree, state: Path) -> None:
    """Learn the job's pid from what `inside` wrote, once it has."""
    pid = state.read_text("utf-8").partition("\n")[0] if state.exists() else ""
    if pid and (entry := table.look(int(pid))):
        tree.begin(entry.pid, entry.born)


def _own_memory(entry: table.Entry) -> int:
    """Without what it shares with others, which would count twice: forked Pythons share much."""
    try:
        fields = Path(f"/proc/{entry.pid}/statm").read_bytes().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


async def _watch_folders(folders: Sequence[Path], most: int) -> str:
    loop = asyncio.get_running_loop()
    begun = await asyncio.to_thread(_sizes, folders)
    while True:
        started = loop.time()
        used = await asyncio.to_thread(_sizes, folders) - begun
        if used > most:
            return f"it wrote more than {format_bytes(most)} to the disk"
        await asyncio.sleep(max(_FOLDERS_EVERY, 4 * (loop.time() - started)))


def _sizes(folders: Sequence[Path]) -> int:
    return sum(size(folder) for folder in folders)


def size(folder: Path) -> int:
    """Bytes on the disk of all below `folder`; what vanishes meanwhile is passed over."""
    total, todo = 0, [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(Path(entry.path))
        except OSError:
            continue
    return total
