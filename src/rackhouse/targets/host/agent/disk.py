"""Files of the host, whole or not at all. Knows no kind of thing.

A draft beside the file is written, given its owner and mode, flushed, and renamed over it. Its name
is always the same, so what a kill left behind is taken by the next writing or removal.
"""

from __future__ import annotations

import errno
import grp
import hashlib
import os
import pwd
import stat

from rackhouse.targets.host.agent.failure import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from rackhouse.targets.host.agent.shapes import State

ROOT = ""  # where `/` is; another folder in tests that are not root


def at(path: str) -> str:
    """Where `path` of the host really is."""
    return ROOT + path


def draft_of(path: str) -> str:
    """Where the next content of `path` grows."""
    folder, name = os.path.split(path)
    return f"{folder}/.{name}.rackhouse"


def read(path: str) -> bytes | None:
    """A file's content; None when there is none."""
    try:
        with open(at(path), "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_text(path: str) -> str:
    """A text file's content, empty when there is none."""
    return (read(path) or b"").decode("utf-8", "replace")


def digest(path: str) -> str | None:
    """SHA-256 of a file, in hexadecimal; None when there is none."""
    body = hashlib.sha256()
    try:
        with open(at(path), "rb") as file:
            while chunk := file.read(1 << 20):
                body.update(chunk)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return body.hexdigest()


def status(path: str) -> State | None:
    """`mode`, `user`, `group` and `type` of what lies there; None when nothing does."""
    try:
        found = os.lstat(at(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    kinds = ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "link"))
    return {
        "mode": stat.S_IMODE(found.st_mode),
        "user": name_of_user(found.st_uid),
        "group": name_of_group(found.st_gid),
        "type": next((name for test, name in kinds if test(found.st_mode)), "other"),
    }


def write(  # noqa: PLR0917  a file is these
    path: str,
    data: bytes,
    mode: int = 0o644,
    user: str = "",
    group: str = "",
    accept: Callable[[str], None] | None = None,
) -> None:
    """Write a whole file; without `user` and `group` it is ours, so root's.

    `accept` is shown the draft before it takes the old one's place.
    """
    draft = draft_of(path)
    clear(draft)
    fd = os.open(at(draft), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
        if accept:
            accept(at(draft))
        install(path, mode, user, group)
    except BaseException:
        clear(draft)
        raise


def write_plain(path: str, data: bytes) -> None:
    """`write` on a file system without owners and modes (FAT)."""
    draft = draft_of(path)
    with open(at(draft), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(at(draft), at(path))
    sync_folder(os.path.dirname(path))


def move(path: str, to: str) -> None:
    """Rename a file of ours, or copy it where that is another file system."""
    try:
        os.replace(at(path), at(to))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with open(at(path), "rb") as old, open(at(to), "wb") as new:
            while chunk := old.read(1 << 20):
                new.write(chunk)
        os.unlink(at(path))


def install(path: str, mode: int, user: str = "", group: str = "") -> None:
    """Rename the draft of `path` over it, wholly on the disk, with owner and mode."""
    draft = at(draft_of(path))
    fd = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _own(fd, user, group)
        os.fchmod(fd, mode)
        os.fsync(fd)
    finally:
        os.close(fd)
    os.replace(draft, at(path))
    sync_folder(os.path.dirname(path))


def clear(path: str) -> None:
    """Remove a file or link and its draft. Absent is success."""
    for each in (draft_of(path), path):
        try:
            os.unlink(at(each))
        except (FileNotFoundError, NotADirectoryError):
            continue


def absent_parents(path: str) -> list[str]:
    """The folders above `path` that are not there, the lowest first."""
    absent = []
    folder = os.path.dirname(path)
    while not os.path.lexists(at(folder)):
        absent.append(folder)
        folder = os.path.dirname(folder)
    return absent


def make_parents(path: str, mode: int = 0o755) -> None:
    """Make the folders above `path` that are not there."""
    for folder in reversed(absent_parents(path)):
        make_folder(folder, mode)


def make_folder(path: str, mode: int = 0o700) -> None:
    """Make a folder in one that is there."""
    os.mkdir(at(path), mode)
    sync_folder(os.path.dirname(path))


def drop_folders(folders: list[str]) -> bool:
    """Remove folders that are empty, the lowest first; False when one is not."""
    for folder in folders:
        try:
            os.rmdir(at(folder))
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EBUSY):
                return False
            raise
    return True


def set_owner(path: str, mode: int, user: str, group: str) -> None:
    """Owner and mode of a folder."""
    fd = os.open(at(path), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _own(fd, user, group)
        os.fchmod(fd, mode)
    finally:
        os.close(fd)


def sync_folder(path: str) -> None:
    """Names that changed in a folder, on the disk: else a power cut undoes a rename."""
    fd = os.open(at(path) or "/", os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def name_of_user(number: int) -> str:
    """A user's name; the number where it has none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def name_of_group(number: int) -> str:
    """A group's name; the number where it has none."""
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _own(fd: int, user: str, group: str) -> None:
    found = os.fstat(fd)
    uid = _number(lambda name: pwd.getpwnam(name).pw_uid, user, "user") if user else found.st_uid
    gid = _number(lambda name: grp.getgrnam(name).gr_gid, group, "group") if group else found.st_gid
    if (found.st_uid, found.st_gid) != (uid, gid):
        os.fchown(fd, uid, gid)


def _number(number_of: Callable[[str], int], name: str, what: str) -> int:
    try:
        return int(name) if name.isdigit() else number_of(name)
    except KeyError:
        fix = "make it before (a User, or the package that brings it)"
        raise Failure(f"this machine has no {what} {name!r}", fix, "missing") from None
