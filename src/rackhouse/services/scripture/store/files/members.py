"""The files of a text, out of a folder or a zip. Nothing is unpacked onto the disk, and no more is
read than a text can be, whatever a zip says of itself.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import host_error

MOST_FILES = 2_000
LONGEST = 200 * 2**20  # bytes of one file: a bible in one file of OSIS with all its words has 60
MOST = 500 * 2**20  # of all files together
ENDINGS = {".usfm": "usfm", ".sfm": "usfm", ".usx": "usx", ".osis": "osis", ".xml": "xml"}


@dataclass(frozen=True, slots=True)
class Member:
    """A file: its name, as it is said to people, and what it is by its ending."""

    name: str
    kind: str


class Files:
    """What a text is made of. `close` it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip: zipfile.ZipFile | None = None
        self._left = MOST
        if path.is_dir():
            names = sorted(str(it.relative_to(path)) for it in path.rglob("*") if _own(path, it))
        else:
            try:
                self._zip = zipfile.ZipFile(path)
            except (zipfile.BadZipFile, OSError, ValueError) as error:
                raise HostError(f"is no zip: {error}", where=str(path), fix=_ANEW) from error
            names = sorted(it.filename for it in self._zip.infolist() if not it.is_dir())
        if len(names) > MOST_FILES:
            raise HostError(
                f"has {len(names):,} files, and {MOST_FILES:,} are read",
                where=str(path),
                fix="give each translation a folder or a zip of its own",
            )
        self._names = names

    def close(self) -> None:
        """The zip."""
        if self._zip:
            self._zip.close()

    def members(self) -> list[Member]:
        """Those that may have verses, by name."""
        kinds = ((name, ENDINGS.get(Path(name).suffix.lower())) for name in self._names)
        return [Member(name, kind) for name, kind in kinds if kind and not _hidden(name)]

    def called(self, name: str) -> str | None:
        """The file of that name that lies highest."""
        some = [it for it in self._names if Path(it).name.lower() == name and not _hidden(it)]
        return min(some, key=lambda it: (it.count("/"), it), default=None)

    def content(self, name: str, most: int) -> bytes:
        """All of a file. HostError where there is more of it."""
        with self.opened(name) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise self._too_long(name, most)
        return content

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes]]:
        """A file, of which no more can be read than may be. HostError."""
        where = f"{self.path}/{name}"
        try:
            with self._zip.open(name) if self._zip else (self.path / name).open("rb") as file:
                yield _Bounded(file, self, name)  # type: ignore[misc]
        except (
            zipfile.BadZipFile,
            zlib.error,
            RuntimeError,
            NotImplementedError,
            EOFError,
        ) as error:
            raise HostError(f"cannot be unpacked: {error}", where=where, fix=_ANEW) from error
        except OSError as error:
            raise host_error(error, Path(where)) from error

    def spent(self, name: str, count: int, whole: int) -> None:
        """So much was read. HostError where it is too much."""
        self._left -= count
        if whole > LONGEST:
            raise self._too_long(name, LONGEST)
        if self._left < 0:
            raise self._too_long("all files together", MOST)

    def _too_long(self, name: str, most: int) -> HostError:
        return HostError(
            f"{name}: there are more than {most // 2**20} MB",
            where=str(self.path),
            fix="give each translation a folder or a zip of its own, with its files alone",
        )


_ANEW = "fetch it anew from where it came"


class _Bounded:
    """Reads on, until it is too much."""

    def __init__(self, file: IO[bytes], of: Files, name: str) -> None:
        self._file, self._of, self._name = file, of, name
        self._whole = 0

    def read(self, size: int = 2**16) -> bytes:
        """As files do."""
        content = self._file.read(size)
        self._whole += len(content)
        self._of.spent(self._name, len(content), self._whole)
        return content


def _own(folder: Path, file: Path) -> bool:
    """A file in the folder itself, wherever links lead."""
    return file.is_file() and folder.resolve() in file.resolve().parents


def _hidden(name: str) -> bool:
    return any(it.startswith((".", "__MACOSX")) for it in Path(name).parts)
