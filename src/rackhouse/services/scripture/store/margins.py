"""What stands beside the verses, packed by chapter: an edition with Strong's numbers has half a
million of them, and one chapter is asked for at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from rackhouse.services.scripture.model.annotations import NOTHING, Beside, Heading, Note, Word
from rackhouse.services.scripture.model.canon.books import CHAPTER
from rackhouse.services.scripture.store import concordance

_MOST = 2**24  # bytes of one chapter or number, unpacked
_Word = tuple[int, int, tuple[str, ...]]
_Marked = tuple[int, str, str]


class _Beside(msgspec.Struct, array_like=True, frozen=True):
    words: tuple[_Word, ...]
    notes: tuple[_Marked, ...]
    headings: tuple[_Marked, ...]
    number: str


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Beside)
_chapters = msgspec.msgpack.Decoder(dict[int, msgspec.Raw])


def packed(beside: Beside) -> bytes:
    """One verse's."""
    return _encoder.encode(
        _Beside(
            tuple((it.start, it.end, it.strongs) for it in beside.words),
            tuple((it.at, it.text, it.kind) for it in beside.notes),
            tuple((it.at, it.text, it.kind) for it in beside.headings),
            beside.number,
        )
    )


def beside(said: bytes | msgspec.Raw | None) -> Beside:
    """The same again; nothing of None."""
    if said is None:
        return NOTHING
    told = _decoder.decode(said)
    return Beside(
        tuple(Word(*it) for it in told.words),
        tuple(Note(*it) for it in told.notes),
        tuple(Heading(*it) for it in told.headings),
        told.number,
    )


def chapter(verses: Mapping[int, bytes]) -> bytes:
    """A chapter's, of verses that are packed."""
    said = {id: msgspec.Raw(each) for id, each in verses.items()}
    return zlib.compress(_encoder.encode(said), 6)


def unpacked(said: bytes) -> bytes:
    """What was compressed. ValueError."""
    stream = zlib.decompressobj()
    try:
        whole = stream.decompress(said, _MOST)
    except zlib.error as error:
        raise ValueError(f"what stands beside the verses is damaged: {error}") from error
    if not stream.eof:
        raise ValueError("what stands beside the verses is cut off")
    return whole


class Packed:
    """Of a translation, as it was imported. What was asked for last is kept open."""

    def __init__(
        self,
        chapters: Mapping[int, bytes],
        strongs: Mapping[str, bytes],
        numbers: Mapping[int, str],
    ) -> None:
        self._chapters, self._strongs, self._numbers = chapters, strongs, numbers
        self._opened = lru_cache(maxsize=8)(self._open)

    @property
    def has_words(self) -> bool:
        """Whether there are Strong's numbers."""
        return bool(self._strongs)

    def of(self, verse: int) -> Beside:
        """Of one verse."""
        return beside(self._opened(verse // CHAPTER).get(verse))

    def number(self, verse: int) -> str:
        """Its own edition's, where that is another."""
        return self._numbers.get(verse, "")

    def strong(self, number: str) -> dict[int, tuple[str, ...]]:
        """The verses that have it."""
        held = self._strongs.get(number)
        return concordance.read(unpacked(held)) if held else {}

    def _open(self, chapter: int) -> dict[int, msgspec.Raw]:
        held = self._chapters.get(chapter)
        return _chapters.decode(unpacked(held)) if held else {}
