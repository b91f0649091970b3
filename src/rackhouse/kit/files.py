"""Files and folders of the state folder: private, whole or not at all. Knows no format."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from rackhouse.kit.errors import HostError

_FIXES = {
    errno.ENOSPC: "free some space on that disk, then run the command again",
    errno.EDQUOT: "your disk quota is used up: free some space, then run the command again",
    errno.EROFS: "that file system is mounted read-only: remount it, or set RACKHOUSE_HOME to a "
    "folder that can be written",
    errno.EACCES: "give your user that folder (chown), or set RACKHOUSE_HOME to one of your own",
    errno.EPERM: "give your user that folder (chown), or set RACKHOUSE_HOME to one of your own",
    errno.ENOTDIR: "a file stands where a folder is needed: move it away",
    errno.EEXIST: "a file stands where a folder is needed: move it away",
}


def write_atomic(path: Path, content: str | bytes, mode: int = 0o600, *, sync: bool = True) -> None:
    """Write `path` so that a reader, or a power cut, finds the old content or all of the new.

    Without `sync` a power cut may lose it (a kill may not): for what is worthless after a reboot.
    Raises HostError when the disk is full, read-only or not ours.
    """
    data = content.encode() if isinstance(content, str) else content
    # The same folder, so that the rename cannot cross file systems. Not `.json`, so that whoever
    # watches the folder passes it by.
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
    try:
        try:
            _write(draft, data, mode, sync=sync)
            draft.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
        if sync:
            _sync_folder(path.parent)
    except OSError as error:
        raise host_error(error, path) from error


def make_folder(path: Path) -> None:
    """Make `path` and its missing parents, each 0700. One that exists is left as it is.

    Raises HostError when it cannot be made.
    """
    try:
        if not path.is_dir():
            make_folder(path.parent)
            path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise host_error(error, path) from error


def read_text(path: Path) -> str | None:
    """The content of a UTF-8 file, or None when there is none.

    Raises HostError when it is there and cannot be read.
    """
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise HostError(
            "is not UTF-8 text",
            where=str(path),
            fix="save it as UTF-8, or restore it from a backup",
        ) from error
    except OSError as error:
        raise host_error(error, path) from error


def host_error(error: OSError, path: Path) -> HostError:
    """What an OSError about `path` means to a person, and how to mend it."""
    what = (error.strerror or str(error)).lower()
    fix = _FIXES.get(error.errno or 0, f"look at it with: ls -la {path.parent}")
    return HostError(what, where=str(path), fix=fix)


def _write(path: Path, data: bytes, mode: int, *, sync: bool) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        os.fchmod(fd, mode)  # what was asked for, whatever the umask
        file.write(data)
        file.flush()
        if sync:
            os.fsync(fd)


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def mark_of(path: Path) -> tuple[int, int, int] | None:
    """Another one whenever the file was written; None where it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
