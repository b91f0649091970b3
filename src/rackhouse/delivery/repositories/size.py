"""How much room a repository has: its quota, and what the disk leaves."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from rackhouse.kit.text import format_bytes
from rackhouse.store.forge import RepositoryRow

QUOTA = 2 << 30  # bytes of a repository that has no quota of its own
RESERVE = 512 << 20  # bytes of the disk that no push may take: databases need them


_QUARANTINE = "tmp_objdir-"  # how git calls the folder of a push that is not taken yet


def size_of(folder: Path, *, arriving: bool = True) -> int:
    """Bytes of the files below a folder; links are not followed. Not `arriving`: without what is
    being pushed into a repository.
    """
    total, open_folders = 0, [str(folder)]
    while open_folders:
        try:
            with os.scandir(open_folders.pop()) as found:
                for entry in found:
                    if not arriving and entry.name.startswith(_QUARANTINE):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        open_folders.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:  # git tidied up meanwhile
            continue
    return total


def quota_of(row: RepositoryRow) -> int:
    """Bytes that the repository may take: its own quota, or the rack's."""
    return row.quota or QUOTA


def room_of(row: RepositoryRow, folder: Path) -> int:
    """Bytes that a push may bring just now; 0 when there is no room."""
    left = quota_of(row) - size_of(folder)
    return max(0, min(left, shutil.disk_usage(folder).free - RESERVE))


def over_quota(row: RepositoryRow, folder: Path, brought: int, others: int) -> str:
    """Why a push that brings so many bytes is not taken, where other pushes that were taken bring
    `others` at this moment; "" when there is room. What takes no room is always taken.
    """
    has = size_of(folder, arriving=False) + others
    if not brought or has + brought <= quota_of(row):
        return ""
    most, now, more = map(format_bytes, (quota_of(row), has, brought))
    return (
        f"{row.name} may take {most}, has {now}, and this would bring {more}.\n"
        f"  fix: leave large files out, or `rackhouse repository set {row.name} --quota SIZE`"
    )
