"""Folders in a backup: volumes and the sources of releases, file by file.

A file that is a SQLite database is taken by SQLite's own backup, since a copy of one that is being
written may be none. Everything else is copied as it is at that moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from rackhouse.kit.files import make_folder
from rackhouse.operations.backup.bundle import BundleWriter

_SQLITE = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")


def dump(folder: Path, name: str, bundle: BundleWriter, scratch: Path) -> None:
    """Put every file below `folder` into the bundle as `name/...`, with a checksum each."""
    for file in _files(folder):
        member = f"{name}/{file.relative_to(folder)}"
        copy = scratch / "file"
        with contextlib.suppress(FileNotFoundError):  # gone since it was listed
            _copy(file, copy)
            bundle.add_file(member, copy)
            bundle.sums[member] = _sum(copy)
        copy.unlink(missing_ok=True)


def load(unpacked: Path, folder: Path) -> None:
    """Move what lies in the unpacked bundle to where it belongs."""
    if unpacked.exists():
        make_folder(folder.parent)
        shutil.move(unpacked, folder)


def sums(folder: Path, name: str) -> dict[str, str]:
    """`<name>/<file>` -> a checksum; of a SQLite database, of what is in it."""
    return {f"{name}/{file.relative_to(folder)}": _sum(file) for file in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        beside = any(
            file.name.endswith(e) and _is_sqlite(file.with_name(file.name.removesuffix(e)))
            for e in _BESIDE
        )
        if file.is_file() and not file.is_symlink() and not beside:
            yield file


def _copy(file: Path, copy: Path) -> None:
    if not _is_sqlite(file):
        shutil.copy2(file, copy)
        return
    source, target = sqlite3.connect(file), sqlite3.connect(copy)
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)
    copy.chmod(file.stat().st_mode & 0o777)


def _sum(file: Path) -> str:
    digest = hashlib.sha256()
    if _is_sqlite(file):
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        with contextlib.closing(database):
            for line in database.iterdump():
                digest.update(line.encode() + b"\n")
    else:
        with file.open("rb") as content:
            while data := content.read(1 << 20):
                digest.update(data)
    return digest.hexdigest()[:32]


def _is_sqlite(file: Path) -> bool:
    with contextlib.suppress(OSError), file.open("rb") as content:
        return content.read(len(_SQLITE)) == _SQLITE
    return False
