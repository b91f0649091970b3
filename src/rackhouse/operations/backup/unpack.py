"""Reads a bundle: what it is of, then its members into a folder, each checked.

A member's name is a relative path of plain parts, and no link is followed on the way there.
Anything else is refused: no bundle writes outside the folder that it is unpacked into.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from rackhouse.kit.errors import Refused
from rackhouse.kit.files import make_folder
from rackhouse.operations.backup.bundle import (
    ABOUT,
    CHUNK,
    MANIFEST,
    VERSION,
    About,
    Counted,
    Readable,
    Sums,
    kind,
)


class BundleReader:
    """Reads what a BundleWriter wrote: `about` at once, the members when they are unpacked."""

    def __init__(self, stream: Readable) -> None:
        self._gzip = gzip.GzipFile(fileobj=cast(BinaryIO, stream), mode="rb")
        with _readable():
            self._tar = tarfile.open(fileobj=self._gzip, mode="r|")  # noqa: SIM115 - the caller's
            self.about = self._read_about()

    def unpack(self, into: Path) -> Sums:
        """Unpack every member and check it; answer what the manifest says is in the rack.

        Refused when anything is missing, differs, or would lie elsewhere than in `into`.
        """
        found: dict[str, str] = {}
        folders: list[tuple[Path, tarfile.TarInfo]] = []
        manifest: dict[str, Sums] = {}
        with _readable():
            while info := self._tar.next():
                if info.name == MANIFEST:
                    manifest = json.loads(self._content(info).read())
                    continue
                place = _place(info.name, into)
                found[info.name] = self._unpack_one(info, place)
                folders += [(place, info)] if info.isdir() else []
            while self._gzip.read(CHUNK):  # to the very end: what was cut off there shows now
                pass
        if found != manifest.get("files"):
            raise _not_whole()
        for place, info in reversed(folders):  # last, since a read-only folder takes no files
            _finish(place, info)
        return manifest["sums"]

    def _read_about(self) -> About:
        first = self._tar.next()
        if first is None or first.name != ABOUT:
            raise _not_whole()
        body = json.loads(self._content(first).read())
        if body.pop("version") != VERSION:
            raise Refused(
                "the backup was made by a newer Rackhouse", fix="upgrade Rackhouse, then restore"
            )
        return About(**body)

    def _unpack_one(self, info: tarfile.TarInfo, place: Path) -> str:
        """Write one member; what the manifest should have for it."""
        if info.isreg():
            counted = Counted(self._content(info))
            with place.open("xb") as out:
                while data := counted.read(CHUNK):
                    out.write(data)
            _finish(place, info)
            return counted.digest.hexdigest()
        if info.issym():
            place.symlink_to(info.linkname)
        elif info.isdir():
            make_folder(place)
        else:
            raise Refused(f"the backup has a member that is no file: {info.name}")
        return kind(info)

    def _content(self, info: tarfile.TarInfo) -> BinaryIO:
        content = self._tar.extractfile(info)
        if content is None:
            raise _not_whole()
        return cast(BinaryIO, content)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (
        tarfile.TarError,
        zlib.error,
        gzip.BadGzipFile,
        EOFError,
        ValueError,
        KeyError,
    ) as error:
        raise _not_whole() from error


def _not_whole() -> Refused:
    return Refused(
        "the backup is not whole: files are missing or differ from its own list",
        fix="use another copy or an older backup",
    )


def _finish(place: Path, info: tarfile.TarInfo) -> None:
    place.chmod(info.mode)
    os.utime(place, (info.mtime, info.mtime))


def _place(name: str, into: Path) -> Path:
    """Where a member goes; its folder is made."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise Refused(f"the backup names a file outside its folder: {name}")
    place = into / path
    if place.parent.resolve() != into.resolve() / path.parent:
        raise Refused(f"the backup names a file behind a link: {name}")
    make_folder(place.parent)
    return place
