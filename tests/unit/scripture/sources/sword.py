"""Modules of SWORD as they lie on a disk, as small as they can be."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from rackhouse.services.scripture.store.sword import canon

Verses = dict[tuple[str, int, int], str]
PACKINGS = {"ZIP": zlib.compress, "BZIP2": bz2.compress, "XZ": lzma.compress}
PACKINGS |= {"LZSS": zlib.compress, "": zlib.compress}
CONF = {
    "ModDrv": "zText",
    "SourceType": "OSIS",
    "Encoding": "UTF-8",
    "CompressType": "ZIP",
    "BlockType": "BOOK",
    "Versification": "KJV",
    "Lang": "en",
    "Description": "A test",
    "Version": "1.0",
    "DistributionLicense": "Public Domain",
}


def module(folder: Path, name: str, verses: Verses, **conf: str) -> Path:
    """Its data; a block for each book. `Testament` of none is not written."""
    home = folder / "modules" / "texts" / name
    home.mkdir(parents=True)
    entries = CONF | {"DataPath": f"./modules/texts/{name}/"} | conf
    _conf(folder, name, entries)
    compressed = entries["ModDrv"].startswith("z")
    for testament in ("ot", "nt"):
        slots = list(canon.places(entries["Versification"].lower(), testament))
        if any(slot in verses for slot in slots):
            if compressed:
                _compressed(home, testament, slots, verses, PACKINGS[entries["CompressType"]])
            else:
                _raw(home, testament, slots, verses)
    return home


def _compressed(
    home: Path,
    testament: str,
    slots: list[canon.Place],
    verses: Verses,
    compress: Callable[[bytes], bytes],
) -> None:
    blocks: list[bytes] = [b""]
    index = b""
    book = ""
    for slot in slots:
        if slot[0] != book:
            book = slot[0]
            blocks.append(b"")
        said = verses.get(slot, "").encode()
        index += struct.pack("<IIH", len(blocks) - 1, len(blocks[-1]), len(said))
        blocks[-1] += said
    data = where = b""
    for block in blocks:
        packed = compress(block)
        where += struct.pack("<III", len(data), len(packed), len(block))
        data += packed
    (home / f"{testament}.bzv").write_bytes(index)
    (home / f"{testament}.bzs").write_bytes(where)
    (home / f"{testament}.bzz").write_bytes(data)


def _raw(home: Path, testament: str, slots: list[canon.Place], verses: Verses) -> None:
    data = index = b""
    for slot in slots:
        said = verses.get(slot, "").encode()
        index += struct.pack("<IH", len(data), len(said))
        data += said
    (home / f"{testament}.vss").write_bytes(index)
    (home / testament).write_bytes(data)


def lexicon(folder: Path, name: str, entries: dict[str, str], **conf: str) -> Path:
    """A dictionary; two entries a block where it is compressed. The path of its files."""
    home = folder / "modules" / "lexdict" / name
    home.mkdir(parents=True)
    path = home / "dict"
    said = {"ModDrv": "zLD", "DataPath": f"./modules/lexdict/{name}/dict", "SourceType": "TEI"}
    _conf(folder, name, CONF | said | conf)
    index = data = zdx = zdt = b""
    narrow = (said | conf)["ModDrv"] == "RawLD"
    items = list(entries.items())
    for at, (key, text) in enumerate(items):
        row = f"{key}\r\n".encode()
        row += text.encode() if narrow else struct.pack("<II", at // 2, at % 2)
        index += struct.pack("<IH" if narrow else "<II", len(data), len(row))
        data += row
    for at in range(0, len(items), 2):
        texts = [text.encode() for _, text in items[at : at + 2]]
        begins = 4 + 8 * len(texts)
        block = struct.pack("<I", len(texts))
        for text in texts:
            block += struct.pack("<II", begins, len(text))
            begins += len(text)
        packed = zlib.compress(block + b"".join(texts))
        zdx += struct.pack("<II", len(zdt), len(packed))
        zdt += packed
    for ending, content in (("idx", index), ("dat", data), ("zdx", zdx), ("zdt", zdt)):
        if content and not (narrow and ending[0] == "z"):
            path.with_name(f"dict.{ending}").write_bytes(content)
    return path


def _conf(folder: Path, name: str, entries: dict[str, str]) -> None:
    (folder / "mods.d").mkdir(exist_ok=True, parents=True)
    lines = [f"[{name}]", *(f"{key}={value}" for key, value in entries.items() if value)]
    (folder / "mods.d" / f"{name.lower()}.conf").write_text("\n".join(lines) + "\n")


def link(home: Path, count: int) -> None:
    """The first verse that has words is that of the next ones too."""
    index = bytearray((home / "ot.bzv").read_bytes())
    first = next(at for at in range(0, len(index), 10) if index[at + 8 : at + 10] != b"\0\0")
    for at in range(1, count):
        index[first + 10 * at : first + 10 * at + 10] = index[first : first + 10]
    (home / "ot.bzv").write_bytes(index)
