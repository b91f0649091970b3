"""Texts by verse: zText and rawText, and the commentaries zCom and rawCom, which lie alike.

A testament is a row of slots: two of the testament's own, then for each book one of its own, and
for each chapter one of its own and one a verse. `.?zv` says for each slot which block it is in and
where in it; a block is inflated once.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import host_error
from rackhouse.services.scripture.store.sword.conf import Conf

_MOST_BLOCK = 64 * 2**20  # bytes of a block that is inflated: a book of a commentary has 5 million
_PACKINGS: dict[str, Callable[[], Any]] = {
    "ZIP": zlib.decompressobj,
    "BZIP2": bz2.BZ2Decompressor,
    "XZ": lambda: lzma.LZMADecompressor(memlimit=2 * _MOST_BLOCK),
}
_FIX = "install the module anew"
Slot = tuple[int, int, int]  # block, where in it, how many bytes; block 0 of what is not compressed


def slots(conf: Conf, testament: str, count: int) -> Iterator[tuple[Slot, bytes]]:
    """The bytes of each slot. Two that are linked are the same slot. HostError."""
    driver, folder = conf.driver, conf.data
    if not driver.startswith("z"):
        index, data = _file(folder / f"{testament}.vss"), _file(folder / testament)
        rows = _rows("<II" if _wide(conf, index, 8, count) else "<IH", index)
        for (begins, length), _ in zip(rows, range(count), strict=False):
            yield (0, begins, length), data[begins : begins + length]
        return
    if (packing := conf.get("CompressType", "LZSS").upper()) not in _PACKINGS:
        raise HostError(
            f"is compressed by {packing or 'LZSS'}, which is not read here",
            where=conf.name,
            fix=f"install a release of it whose CompressType is one of {', '.join(_PACKINGS)}",
        )
    letter = {"BOOK": "b", "CHAPTER": "c", "VERSE": "v"}.get(conf.get("BlockType").upper(), "b")
    index = _file(folder / f"{testament}.{letter}zv")
    blocks = _Blocks(
        folder / f"{testament}.{letter}zs", folder / f"{testament}.{letter}zz", packing
    )
    rows = _rows("<III" if _wide(conf, index, 12, count) else "<IIH", index)
    for (block, begins, length), _ in zip(rows, range(count), strict=False):
        yield (block, begins, length), (blocks.part(block, begins, length) if length else b"")


def _wide(conf: Conf, index: bytes, size: int, count: int) -> bool:
    """Whether lengths have 32 bits: so many bytes a row. The driver's name says it (`zCom4`), and
    where the index is of another size than that, as that of Debian's MHCC, it is believed.
    """
    if len(index) in (size * count, (size - 2) * count):
        return len(index) == size * count
    return conf.driver.endswith("4")


def there(conf: Conf, testament: str) -> bool:
    """Whether the module has it."""
    folder = conf.data
    return any((folder / f"{testament}{end}").exists() for end in (".vss", ".bzv", ".czv", ".vzv"))


class _Blocks:
    """Keeps the one that was asked for last."""

    def __init__(self, index: Path, data: Path, packing: str) -> None:
        self._where = data
        self._packing = packing
        self._index, self._data = _file(index), _file(data)
        self._held = -1
        self._block = b""

    def part(self, block: int, begins: int, length: int) -> bytes:
        """Bytes of a block."""
        if block != self._held:
            self._block = self._inflated(block)
            self._held = block
        if begins + length > len(self._block):
            raise _harmed(self._where, "a verse is beyond its block")
        return self._block[begins : begins + length]

    def _inflated(self, block: int) -> bytes:
        try:
            begins, length, _ = struct.unpack_from("<III", self._index, block * 12)
        except struct.error as error:
            raise _harmed(self._where, f"there is no block {block}") from error
        return inflated(self._data[begins : begins + length], self._where, self._packing)


def inflated(data: bytes, where: Path, packing: str = "ZIP") -> bytes:
    """A block, not longer than a block can be. HostError."""
    stream = _PACKINGS[packing]()
    try:
        whole: bytes = stream.decompress(data, _MOST_BLOCK)
    except (zlib.error, lzma.LZMAError, OSError) as error:
        raise _harmed(where, f"a block is damaged ({error})") from error
    if not stream.eof:
        raise _harmed(where, "a block is cut off, or larger than any text's")
    return whole


def _rows(form: str, index: bytes) -> Iterator[tuple[int, ...]]:
    """Without what is less than a row."""
    size = struct.calcsize(form)
    return struct.iter_unpack(form, index[: len(index) // size * size])


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise host_error(error, path) from error


def _harmed(where: Path, what: str) -> HostError:
    return HostError(what, where=str(where), fix=_FIX)
