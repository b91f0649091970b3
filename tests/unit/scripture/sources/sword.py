"""Modules of SWORD as they lie on a disk, as small as they can be."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from rackhouse.services.scripture.store.sword import canon

Verses = dict[tuple[str, int, int], str]
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
    (folder / "mods.d").mkdir(exist_ok=True)
    lines = [f"[{name}]", *(f"{key}={value}" for key, value in entries.items() if value)]
    (folder / "mods.d" / f"{name.lower()}.conf").write_text("\n".join(lines) + "\n")
    compressed = entries["ModDrv"].startswith("z")
    for testament in ("ot", "nt"):
        slots = list(canon.places(entries["Versification"].lower(), testament))
        if any(slot in verses for slot in slots):
            (_compressed if compressed else _raw)(home, testament, slots, verses)
    return home


def _compressed(home: Path, testament: str, slots: list[canon.Place], verses: Verses) -> None:
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
        packed = zlib.compress(block)
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
