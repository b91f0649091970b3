"""Works by heading: zLD and rawLD. `.idx` says where in `.dat` an entry is; that of a compressed
work names only its block, which lies in `.zdt`, and its number there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import host_error
from rackhouse.services.scripture.store.sword.conf import Conf
from rackhouse.services.scripture.store.sword.verses import inflated

DRIVERS = frozenset({"zld", "rawld", "rawld4"})
_LINK = b"@LINK"
_FIX = "install the module anew"


def entries(conf: Conf) -> Iterator[tuple[str, bytes]]:
    """Each heading and what stands under it; links to others are left out. HostError."""
    return ((name, said) for _, name, said in Entries(conf))


class Entries:
    """The headings of a work in their order, with what stands under each. The files are held as
    they are, packed, and an entry is unpacked when it is asked for.
    """

    def __init__(self, conf: Conf) -> None:
        """HostError."""
        self._path = conf.data
        index, self._data = _file(self._path, "idx"), _file(self._path, "dat")
        self._blocks = _Blocks(self._path) if conf.driver == "zld" else None
        form = "<IH" if conf.driver == "rawld" else "<II"
        size = struct.calcsize(form)
        self._rows = list(struct.iter_unpack(form, index[: len(index) // size * size]))

    def __iter__(self) -> Iterator[tuple[int, str, bytes]]:
        """Each with the number by which `entry` answers it again; links are left out. HostError."""
        for at in range(len(self._rows)):
            if told := self.entry(at):
                yield at, *told

    def entry(self, at: int) -> tuple[str, bytes] | None:
        """A heading and what stands under it; None of a link. HostError."""
        begins, length = self._rows[at]
        key, _, rest = self._data[begins : begins + length].partition(b"\n")
        if self._blocks:
            if len(rest) != 8:
                raise _harmed(self._path, "a heading is cut off")
            rest = self._blocks.entry(*struct.unpack("<II", rest))
        name = key.decode("utf-8", "replace").strip()
        return (name, rest.rstrip(b"\0")) if name and not rest.startswith(_LINK) else None


class _Blocks:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._index, self._data = _file(path, "zdx"), _file(path, "zdt")
        self._block = lru_cache(maxsize=4)(self._read)

    def entry(self, block: int, at: int) -> bytes:
        """One of a block."""
        whole = self._block(block)
        try:
            (count,) = struct.unpack_from("<I", whole)
            begins, length = struct.unpack_from("<II", whole, 4 + 8 * at)
        except struct.error as error:
            raise _harmed(self._path, f"there is no entry {at} in a block") from error
        if at >= count or begins + length > len(whole):
            raise _harmed(self._path, "an entry is beyond its block")
        return whole[begins : begins + length]

    def _read(self, block: int) -> bytes:
        try:
            begins, length = struct.unpack_from("<II", self._index, block * 8)
        except struct.error as error:
            raise _harmed(self._path, f"there is no block {block}") from error
        return inflated(self._data[begins : begins + length], self._path)


def _file(path: Path, ending: str) -> bytes:
    file = path.with_name(f"{path.name}.{ending}")
    try:
        return file.read_bytes()
    except OSError as error:
        raise host_error(error, file) from error


def _harmed(path: Path, what: str) -> HostError:
    return HostError(what, where=str(path), fix=_FIX)
