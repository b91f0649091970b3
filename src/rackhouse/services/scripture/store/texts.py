"""The one file of texts: written whole or not at all, and believed as far as its digests go.

A few letters that say what it is, the length and digest of a head, the head (JSON, a row for each
translation) and then the translations, each as it was packed. A translation whose source is still
the same is taken over as it lies there.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rackhouse.kit.errors import HostError, Missing, RackhouseError
from rackhouse.kit.files import host_error, make_folder, write_atomic
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import packing

NAME = "texts.bin"
_OLD = 3600  # seconds after which nobody writes a draft any more
_log = logging.getLogger(__name__)
_MAGIC = b"rackhouse-texts-3\n"
_HEAD = struct.Struct("<I32s")
_FIX = "start the service anew: it takes the texts from where they come from again"


class _Row(msgspec.Struct, array_like=True, frozen=True):
    id: str
    stamp: str
    length: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A translation as it lies in the file. `stamp` says what it was made of."""

    id: str
    stamp: str
    packed: bytes | memoryview


def write(folder: Path, some: Sequence[Kept], name: str = NAME) -> Path:
    """The file, in that folder. HostError."""
    make_folder(folder)
    _tidy(folder, name)
    rows = [
        _Row(it.id, it.stamp, len(it.packed), hashlib.sha256(it.packed).digest()) for it in some
    ]
    head = msgspec.json.encode(rows)
    begins = _MAGIC + _HEAD.pack(len(head), hashlib.sha256(head).digest()) + head
    file = folder / name
    write_atomic(file, b"".join((begins, *(it.packed for it in some))))
    return file


def read(folder: Path, name: str = NAME) -> tuple[Kept, ...]:
    """What it holds, all of it checked. Missing where there is none; HostError where it is not what
    it says.
    """
    file = folder / name
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise Missing("there is no file of texts", where=str(file), fix=_FIX) from error
    except OSError as error:
        raise host_error(error, file) from error
    try:
        return _checked(content)
    except (ValueError, struct.error, RecursionError, msgspec.DecodeError) as error:
        raise _harmed(file, error) from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file should have: `take` makes it, or says in the log why it cannot be."""

    id: str
    stamp: str
    take: Callable[[], Kept | None]


def gathered(folder: Path, wanted: Sequence[Wanted], name: str = NAME) -> list[Kept]:
    """All of it that can be had. What lies there is taken over; what is made is written at once, so
    that whoever is killed goes on from there.
    """
    try:
        before = read(folder, name)
    except RackhouseError as error:
        _log.info("all is imported: %s", error.what)
        before = ()
    held = {(each.id, each.stamp): each for each in before}
    made: list[Kept] = []
    written = list(before)
    for at, each in enumerate(wanted, 1):
        there = held.get((each.id, each.stamp))
        if there is None and (there := each.take()):
            later = (held.get((it.id, it.stamp)) for it in wanted[at:])
            written = [*made, there, *(it for it in later if it)]
            write(folder, written, name)
        if there:
            made.append(there)
    if made != written:
        write(folder, made, name)
    return made


def opened(folder: Path, some: Sequence[Kept]) -> tuple[Translation, ...]:
    """The translations, each verse checked. HostError."""
    try:
        return tuple(packing.opened(each.packed) for each in some)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise _harmed(folder / NAME, error) from error


def _tidy(folder: Path, name: str) -> None:
    """Drafts of whoever was killed as it wrote; another process may be writing one just now."""
    for draft in folder.glob(f".{name}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - draft.stat().st_mtime > _OLD:
                draft.unlink()


def _checked(whole: bytes) -> tuple[Kept, ...]:
    content = memoryview(whole)
    if not whole.startswith(_MAGIC):
        raise ValueError("it does not begin as one")
    length, digest = _HEAD.unpack_from(content, len(_MAGIC))
    at = len(_MAGIC) + _HEAD.size
    head = content[at : at + length]
    if hashlib.sha256(head).digest() != digest:
        raise ValueError("its bytes are not those that were written")
    at += length
    kept = []
    for row in msgspec.json.decode(head, type=list[_Row]):
        packed = content[at : at + row.length]
        if hashlib.sha256(packed).digest() != row.sha256:
            raise ValueError(f"the bytes of {row.id} are not those that were written")
        kept.append(Kept(row.id, row.stamp, packed))
        at += row.length
    if at != len(content):
        raise ValueError("something stands behind its end")
    return tuple(kept)


def _harmed(file: Path, error: Exception) -> HostError:
    return HostError(f"is no file of texts: {error}", where=str(file), fix=_FIX)
