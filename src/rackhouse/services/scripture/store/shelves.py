"""Works in one file beside the texts: entries packed by the dozen, unpacked when asked."""

from __future__ import annotations

import hashlib
import logging
import time
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import msgspec

from rackhouse.kit.errors import HostError, RackhouseError
from rackhouse.services.scripture.model.translation import About, Licence
from rackhouse.services.scripture.model.work import Entry, Mark, Place, Work
from rackhouse.services.scripture.store import texts
from rackhouse.services.scripture.store.origin import RECIPE
from rackhouse.services.scripture.store.texts import Kept, Wanted

NAME = "works.bin"
_log = logging.getLogger(__name__)
_BLOCK = 64_000  # characters of entries that are packed together


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Where a work comes from, as `Origin` for texts."""

    about: About
    kind: str
    stamp: str
    take: Callable[[], Iterator[Entry]]

    @property
    def made_of(self) -> str:
        """What the file keeps of it."""
        about = self.about
        said = (about.name, about.language, about.licence.name, about.licence.attribution)
        return "\n".join((str(RECIPE), self.kind, *said, self.stamp))


class _Work(msgspec.Struct, array_like=True, frozen=True, kw_only=True):
    id: str
    name: str
    language: str
    licence: str
    attribution: str
    kind: str
    places: list[tuple[str, int, int]]
    starts: list[int]  # the first entry of each block
    blocks: list[bytes]


_Said = tuple[str, tuple[tuple[int, int, int, int], ...]]
_block = msgspec.msgpack.Decoder(list[_Said])


def kept(folder: Path, some: Iterable[Bound]) -> tuple[Work, ...]:
    """The works of the folder, imported first where they are not there or are others."""
    wanted = [Wanted(it.about.id, it.made_of, partial(_taken, it)) for it in some]
    return tuple(opened(each) for each in texts.gathered(folder, wanted, NAME))


def _taken(bound: Bound) -> Kept | None:
    about = bound.about
    began = time.monotonic()
    try:
        entries = list(bound.take())
        if not entries:
            raise HostError("has no entry", where=about.name, fix="install the module anew")
    except RackhouseError as error:
        _log.warning("%s (%s) is not served: %s", about.id, about.name, error)
        return None
    except Exception:  # noqa: BLE001 (one that nobody has thought of takes no other with it)
        _log.exception("%s (%s) is not served", about.id, about.name)
        return None
    spent = time.monotonic() - began
    _log.info(
        "imported %s (%s): %s entries in %.1f s",
        *(about.id, about.name, f"{len(entries):,}", spent),
    )
    return Kept(about.id, bound.made_of, packed(about, bound.kind, entries))


def packed(about: About, kind: str, entries: Iterable[Entry]) -> bytes:
    """As it goes into the file."""
    places, starts, blocks = [], [], []
    block: list[_Said] = []
    length = 0
    for at, entry in enumerate(entries):
        if not block:
            starts.append(at)
        places.append((entry.place.key, entry.place.first, entry.place.last))
        marks = tuple((it.start, it.end, it.first, it.last) for it in entry.marks)
        block.append((entry.text, marks))
        length += len(entry.text)
        if length > _BLOCK:
            blocks.append(zlib.compress(msgspec.msgpack.encode(block)))
            block, length = [], 0
    if block:
        blocks.append(zlib.compress(msgspec.msgpack.encode(block)))
    return msgspec.msgpack.encode(
        _Work(
            id=about.id,
            name=about.name,
            language=about.language,
            licence=about.licence.name,
            attribution=about.licence.attribution,
            kind=kind,
            places=places,
            starts=starts,
            blocks=blocks,
        )
    )


def opened(each: Kept) -> Work:
    """The work. Its bytes were checked as they were read."""
    told = msgspec.msgpack.decode(each.packed, type=_Work)
    about = About(
        id=told.id,
        name=told.name,
        language=told.language,
        licence=Licence(name=told.licence, attribution=told.attribution),
    )
    places = [Place(at, *it) for at, it in enumerate(told.places)]
    digest = hashlib.sha256(each.packed).hexdigest()
    return Work(about, told.kind, digest, places, _Shelf(places, told.starts, told.blocks))


class _Shelf:
    def __init__(self, places: list[Place], starts: list[int], blocks: list[bytes]) -> None:
        self._places, self._starts, self._blocks = places, starts, blocks
        self._read = lru_cache(maxsize=8)(self._unpacked)

    def entry(self, at: int) -> Entry:
        """One by its number."""
        block = bisect_right(self._starts, at) - 1
        text, marks = self._read(block)[at - self._starts[block]]
        return Entry(self._places[at], text, tuple(Mark(*it) for it in marks))

    def _unpacked(self, block: int) -> list[_Said]:
        return _block.decode(zlib.decompress(self._blocks[block]))
