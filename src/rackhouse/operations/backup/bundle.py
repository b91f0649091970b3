"""What lies in a backup: a gzipped tar stream, first what it is of, last a checksum of each member.

Writes it; `unpack` reads it. Knows files and folders, not what they mean.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, Self, cast

ABOUT, MANIFEST = "about.json", "manifest.json"
VERSION = 1
CHUNK = 1 << 20
_LEVEL = 3  # of gzip: a third of level 6's time for a tenth more bytes

Sums = dict[str, str]  # what is in a rack, by name: `postgres/hello/public.entry` -> a checksum


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int: ...


class Readable(Protocol):
    """Gives bytes."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a backup says of itself: the rack's name, when (ISO 8601) and by which version it was
    made, and its rack file, below `source/`; "" for a rack without one. `elsewhere` has the cluster
    of each application whose data is there and not in the backup.
    """

    rack: str
    made: str
    rackhouse: str
    rack_file: str = ""
    elsewhere: Mapping[str, str] = field(default_factory=dict)


class BundleWriter:
    """Adds members to the stream, which is whole at the end of the `with`.

    `sums` is filled by whoever knows what the members mean; `scratch` is a private folder in which
    they may make a member ready.
    """

    def __init__(self, sink: Sink, about: About, scratch: Path) -> None:
        self.scratch = scratch
        # gzip asks for no more of a stream than the Protocol says; its stubs do.
        stream = cast(BinaryIO, sink)
        self._gzip = gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=_LEVEL, mtime=0)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|")  # noqa: SIM115 - __exit__ closes it
        self.files: dict[str, str] = {}
        self.sums: Sums = {}
        self._put(ABOUT, {"version": VERSION, **asdict(about)})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._put(MANIFEST, {"files": self.files, "sums": self.sums})
            self._tar.close()
            self._gzip.close()
            return
        with contextlib.suppress(
            OSError
        ):  # nobody wants it now; but left open, both would write on
            self._tar.close()
            self._gzip.close()

    def add_bytes(self, name: str, data: bytes) -> str:
        """A small member from memory; its SHA-256."""
        return self._add(_bare(name, len(data)), io.BytesIO(data))

    def add_stream(self, name: str, chunks: Iterable[bytes], size: int) -> str:
        """A member of `size` bytes that come in chunks; its SHA-256."""
        return self._add(_bare(name, size), _Joined(iter(chunks)))

    def add_file(self, name: str, file: Path) -> str:
        """A file that nobody changes meanwhile; its SHA-256."""
        info = _info(name, file)
        with file.open("rb") as content:
            info.size = os.fstat(content.fileno()).st_size
            return self._add(info, content)

    def add_link(self, name: str, link: Path) -> str:
        """A symbolic link, which is not followed; its `kind`."""
        info = _info(name, link)
        info.type, info.linkname = tarfile.SYMTYPE, target_of(link)
        return self._add_empty(info)

    def add_folder(self, name: str, folder: Path) -> str:
        """A folder, without what is in it; its `kind`."""
        info = _info(name, folder)
        info.type = tarfile.DIRTYPE
        return self._add_empty(info)

    def _put(self, name: str, body: object) -> None:
        data = json.dumps(body, indent=1).encode()
        self._tar.addfile(_bare(name, len(data)), io.BytesIO(data))

    def _add(self, info: tarfile.TarInfo, content: Readable) -> str:
        counted = Counted(content)
        self._tar.addfile(info, cast(BinaryIO, counted))
        self.files[info.name] = counted.digest.hexdigest()
        return self.files[info.name]

    def _add_empty(self, info: tarfile.TarInfo) -> str:
        self._tar.addfile(info)
        self.files[info.name] = kind(info)
        return self.files[info.name]


class Counted:
    """Passes bytes on and keeps their checksum."""

    def __init__(self, content: Readable) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self._content.read(size)
        self.digest.update(data)
        return data


class _Joined:
    """Chunks of any size as a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (chunk := next(self._chunks, None)) is not None:
            self._rest += chunk
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def kind(info: tarfile.TarInfo) -> str:
    """What the manifest has for a member without content."""
    return told_link(info.linkname) if info.issym() else told_folder(info.mode)


def target_of(link: Path) -> str:
    """Where it points, letter for letter: a Path would be tidied up."""
    return os.readlink(link)  # noqa: PTH115


def told_link(target: str) -> str:
    """What a symbolic link is compared by: `-> ../elsewhere`."""
    return f"-> {target}"


def told_folder(mode: int) -> str:
    """What a folder is compared by: `folder 0700`."""
    return f"folder {stat.S_IMODE(mode):04o}"


def _bare(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def _info(name: str, file: Path) -> tarfile.TarInfo:
    info, status = tarfile.TarInfo(name), file.lstat()
    info.mode, info.mtime = stat.S_IMODE(status.st_mode), status.st_mtime
    return info
