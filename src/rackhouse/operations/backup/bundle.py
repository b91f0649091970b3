"""What lies in a backup: a tar stream of files, and last a manifest with the checksum of each.

A member's name is a relative path of plain parts; anything else is refused when read, so that no
bundle can write outside the folder that it is unpacked into.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol, cast

from rackhouse.kit.errors import Refused
from rackhouse.kit.files import make_folder

MANIFEST = "manifest.json"
VERSION = 1


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int: ...


class Spring(Protocol):
    """Gives bytes."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `files` maps member to SHA-256, `sums` content to checksum."""

    rack: str
    made: str
    rackhouse: str
    files: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)


class BundleWriter:
    """Adds members to a tar stream, counting their checksums."""

    def __init__(self, sink: Sink) -> None:
        # tarfile asks for no more of a stream than the Protocol says; its stubs do.
        stream = cast(BinaryIO, sink)
        self._tar = tarfile.open(fileobj=stream, mode="w|gz")  # noqa: SIM115 - finish closes it
        self.files: dict[str, str] = {}
        self.sums: dict[str, str] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        """A small member from memory."""
        self._add(name, io.BytesIO(data), len(data), 0o600)

    def add_file(self, name: str, file: Path) -> None:
        """A member from a file that nobody changes meanwhile."""
        status = file.stat()
        with file.open("rb") as content:
            self._add(name, content, status.st_size, status.st_mode & 0o777)

    def finish(self, *, rack: str, made: str, rackhouse: str) -> Manifest:
        """Write the manifest and the end."""
        manifest = Manifest(
            rack=rack, made=made, rackhouse=rackhouse, files=self.files, sums=self.sums
        )
        body = {"version": VERSION, **{k: getattr(manifest, k) for k in _FIELDS}}
        text = json.dumps(body, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        self._tar.addfile(info, io.BytesIO(text))
        self._tar.close()
        return manifest

    def _add(self, name: str, content: BinaryIO, size: int, mode: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, mode
        counted = _Counted(content)
        self._tar.addfile(info, counted)
        self.files[name] = counted.digest.hexdigest()


_FIELDS = ("rack", "made", "rackhouse", "files", "sums")


def unpack(spring: Spring, into: Path) -> Manifest:
    """Unpack a bundle and check every file of it. Refused when anything is missing or differs."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    with tarfile.open(fileobj=cast(BinaryIO, spring), mode="r|gz") as tar:
        for info, content in _members(tar):
            if info.name == MANIFEST:
                manifest = _parse(content.read())
                continue
            counted = _Counted(content)
            _write(into / _safe(info.name), counted, info.mode & 0o777)
            found[info.name] = counted.digest.hexdigest()
    if manifest is None or found != manifest.files:
        raise Refused(
            "the backup is not whole: files are missing or differ from its own list",
            fix="use another copy or an older backup",
        )
    return manifest


class _Counted(io.RawIOBase):
    """Passes a file's bytes on and keeps their checksum."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        self.digest.update(data)
        return data


def _members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    try:
        for info in tar:
            content = tar.extractfile(info) if info.isreg() else None
            if content is None:
                raise Refused(f"the backup has a member that is no file: {info.name}")
            yield info, content  # type: ignore[misc]  # IO[bytes] is a BinaryIO here
    except tarfile.TarError as error:
        raise Refused(f"the backup cannot be read: {error}", fix="use another copy") from None


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or any(part in {"..", "."} for part in path.parts):
        raise Refused(f"the backup names a file outside its folder: {name}")
    return str(path)


def _write(file: Path, content: io.RawIOBase, mode: int) -> None:
    make_folder(file.parent)
    with file.open("wb") as out:
        while data := content.read(1 << 20):
            out.write(data)
    file.chmod(mode | 0o600)


def _parse(text: bytes) -> Manifest:
    body = json.loads(text)
    if body.pop("version", None) != VERSION:
        raise Refused(
            "the backup was made by a newer Rackhouse", fix="upgrade Rackhouse, then restore"
        )
    return Manifest(**body)
