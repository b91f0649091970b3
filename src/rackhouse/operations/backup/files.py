"""Folders in a backup: volumes and the sources of releases, file by file.

A SQLite database is taken by SQLite's own backup, since a copy of one that is being written may be
none; its journals are in that. Everything else is copied as it is at that moment. Sockets and pipes
are nothing to keep.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError, Unavailable
from rackhouse.kit.files import host_error, make_folder
from rackhouse.kit.text import format_seconds
from rackhouse.operations.backup.bundle import (
    BundleWriter,
    Sums,
    target_of,
    told_folder,
    told_link,
)

_SQLITE = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")
PATIENCE = 60.0  # seconds that a SQLite database may be locked by whoever writes it


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder at `path`, called `name` in the backup: a `Content`.

    What is called `leave_out`, wherever it lies in it, is not looked at.
    """

    path: Path
    name: str
    leave_out: str = ""

    def dump(self, bundle: BundleWriter) -> None:
        """Put every file, link and folder below into the bundle as `<name>/...`."""
        for file, mode in self._entries(self.path):
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                member = f"{self.name}/{file.relative_to(self.path)}"
                bundle.sums[member] = add(bundle, member, file, mode)

    def load(self, unpacked: Path) -> None:
        """Move it from the unpacked bundle to where it belongs."""
        if (unpacked / self.name).exists():
            make_folder(self.path.parent)
            shutil.move(unpacked / self.name, self.path)

    def sums(self) -> Sums:
        """`<name>/<file>` -> the SHA-256 of a file, where a link points, the mode of a folder."""
        return {
            f"{self.name}/{file.relative_to(self.path)}": _sum(file, mode)
            for file, mode in self._entries(self.path)
        }

    def _entries(self, folder: Path) -> Iterator[tuple[Path, int]]:
        """All that is below, folders before what is in them, with their modes."""
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):
                mode = file.lstat().st_mode
                if file.name == self.leave_out:
                    continue
                if stat.S_ISDIR(mode):
                    yield file, mode
                    yield from self._entries(file)
                elif stat.S_ISLNK(mode) or (stat.S_ISREG(mode) and not _is_journal(file)):
                    yield file, mode


def add(bundle: BundleWriter, member: str, file: Path, mode: int) -> str:
    """Put one file, link or folder into the bundle; what it is told by."""
    if stat.S_ISLNK(mode):
        return bundle.add_link(member, file)
    if stat.S_ISDIR(mode):
        return bundle.add_folder(member, file)
    copy = bundle.scratch / "file"
    try:
        _copy(file, copy)
        return bundle.add_file(member, copy)
    finally:
        copy.unlink(missing_ok=True)


def _is_journal(file: Path) -> bool:
    """Whether it is part of the SQLite database beside it."""
    names = (file.name.removesuffix(end) for end in _BESIDE if file.name.endswith(end))
    return any(name and _is_sqlite(file.with_name(name)) for name in names)


def _sum(file: Path, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return told_link(target_of(file))
    if stat.S_ISDIR(mode):
        return told_folder(mode)
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _copy(file: Path, copy: Path) -> None:
    """A copy that is whole, though the file may be written meanwhile. HostError, Unavailable."""
    try:
        if not _is_sqlite(file) or not _copy_database(file, copy):
            shutil.copyfile(file, copy)
        shutil.copystat(file, copy)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise host_error(error, Path(error.filename or copy)) from error


def _copy_database(file: Path, copy: Path) -> bool:
    """By SQLite itself; false when it is no database though it begins like one."""
    deadline = time.monotonic() + PATIENCE

    def waiting(status: int, *_: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > deadline:
            raise Unavailable(
                f"this database has been locked for {format_seconds(PATIENCE)}",
                where=str(file),
                fix="stop what writes it, then run the command again",
            )

    source, target = sqlite3.connect(file), sqlite3.connect(copy)
    with contextlib.closing(source), contextlib.closing(target):
        try:
            source.backup(target, progress=waiting)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
                return False
            raise HostError(str(error), where=str(file), fix="see `rackhouse doctor`") from error
    return True


def _is_sqlite(file: Path) -> bool:
    with contextlib.suppress(OSError), file.open("rb") as content:
        return content.read(len(_SQLITE)) == _SQLITE
    return False
