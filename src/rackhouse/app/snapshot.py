"""An immutable copy of a source folder, and the digest that names it. Writes below `into` alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path

from rackhouse.app.tree import Entry, all_entries, entries
from rackhouse.kit.errors import Refused
from rackhouse.kit.files import host_error, make_folder

_CHUNK = 2**20


def digest(folder: Path) -> str:
    """Sixteen hexadecimal digits of the names, the contents and who may execute them: the same on
    every machine. Raises as `tree.entries`.
    """
    return _digest(folder, entries(folder))


def snapshot(folder: Path, into: Path) -> str:
    """Copy what belongs to the folder to `into`, whole or not at all, and answer its digest.

    The digest is of what was copied. Files are 0600 (0700 where executable), folders 0700. An equal
    copy that is already there is left; another one is Refused. Raises else as `tree.entries`.
    """
    if into.resolve().is_relative_to(folder.resolve()):
        what = f"the state folder lies inside {folder}, so a release would hold all others"
        raise Refused(what, fix="set RACKHOUSE_HOME to a folder outside of it")
    partial = into.with_name(f".{into.name}.partial")  # the same each time: a kill leaves no heap
    try:
        _discard(partial)
        made = _digest(folder, entries(folder), partial)
        if not into.exists():
            _settle(partial, into)
        elif _digest(into, all_entries(into)) != made:
            raise Refused(f"{into} is another release", fix="deploy it under another number")
    except OSError as error:
        raise host_error(error, Path(error.filename or into)) from error
    finally:
        with contextlib.suppress(OSError):
            _discard(partial)
    return made


def _digest(folder: Path, found: tuple[Entry, ...], into: Path | None = None) -> str:
    """The digest of the entries as they are read, each written below `into` on the way."""
    whole = hashlib.sha256()
    if into:
        make_folder(into)
    for entry in found:
        copy = into / entry.path if into else None
        if copy:
            make_folder(copy.parent)
        if entry.link:
            kind, content = "link", hashlib.sha256(os.fsencode(entry.link)).hexdigest()
            if copy:
                copy.symlink_to(entry.link)
        else:
            kind = "program" if entry.executable else "file"
            content = _read(folder / entry.path, copy, 0o700 if entry.executable else 0o600)
        whole.update(f"{kind} {content} ".encode() + os.fsencode(entry.path) + b"\0")
    return whole.hexdigest()[:16]


def _read(path: Path, copy: Path | None, mode: int) -> str:
    """The digest of a file's content, copied on the way."""
    content = hashlib.sha256()
    # Since we looked it may have become a link or a pipe.
    source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(os.fdopen(source, "rb"))
        writer = None
        if copy:
            target = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            writer = stack.enter_context(os.fdopen(target, "wb"))
        while chunk := reader.read(_CHUNK):
            content.update(chunk)
            if writer:
                writer.write(chunk)
    return content.hexdigest()


def _settle(partial: Path, into: Path) -> None:
    """On disk first, then under its name, so that a power cut leaves all of it or nothing."""
    for entry in all_entries(partial):
        if not entry.link:
            _sync(partial / entry.path)
    partial.rename(into)
    _sync(into.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
