"""One translation as bytes, each verse with the digest of its text."""

from __future__ import annotations

import hashlib

import msgspec

from rackhouse.services.scripture.model.translation import (
    About,
    Licence,
    Translation,
)
from rackhouse.services.scripture.store.drafts import Taken
from rackhouse.services.scripture.store.margins import Packed


class _Verse(msgspec.Struct, array_like=True, frozen=True):
    id: int
    sha256: bytes
    text: str


class _Text(msgspec.Struct, array_like=True, frozen=True, kw_only=True):
    id: str
    name: str
    language: str
    licence: str
    attribution: str
    digest: str
    verses: list[_Verse]
    chapters: dict[int, bytes]
    strongs: dict[str, bytes]
    numbers: dict[int, str]


def packed(about: About, taken: Taken) -> bytes:
    """As it goes into the file."""
    made = Translation(about, taken.verses)
    verses = [_Verse(each.id, _digest(each.text), each.text) for each in made]
    return msgspec.msgpack.encode(
        _Text(
            id=about.id,
            name=about.name,
            language=about.language,
            licence=about.licence.name,
            attribution=about.licence.attribution,
            digest=made.digest,
            verses=verses,
            chapters=taken.chapters,
            strongs=taken.strongs,
            numbers=taken.numbers,
        )
    )


def opened(said: bytes | memoryview) -> Translation:
    """The same again. ValueError where a verse is not as it was written."""
    text = msgspec.msgpack.decode(said, type=_Text)
    for verse in text.verses:
        if _digest(verse.text) != verse.sha256:
            raise ValueError(f"the verse {verse.id} of {text.id} is not as it was written")
    licence = Licence(name=text.licence, attribution=text.attribution)
    about = About(id=text.id, name=text.name, language=text.language, licence=licence)
    verses = {verse.id: verse.text for verse in text.verses}
    translation = Translation(about, verses, Packed(text.chapters, text.strongs, text.numbers))
    if translation.digest != text.digest:
        raise ValueError(f"{text.id} is not as it was written")
    return translation


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
