"""The one file of texts: written whole or not at all, and believed as far as its digests go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from rackhouse.kit.errors import HostError, Missing
from rackhouse.kit.files import host_error, make_folder, write_atomic
from rackhouse.services.scripture.model.translation import (
    About,
    Licence,
    Translation,
    sha256,
)

NAME = "texts.json"
_VERSION = 1


class _Verse(msgspec.Struct, array_like=True, frozen=True):
    id: int
    sha256: str
    text: str


class _Text(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    language: str
    licence: str
    attribution: str
    digest: str
    verses: list[_Verse]


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """`sha256` is that of the bytes of `texts`, as they stand in the file."""

    version: int
    sha256: str
    texts: msgspec.Raw


def write(folder: Path, translations: Sequence[Translation]) -> Path:
    """The file, in that folder. HostError."""
    make_folder(folder)
    texts = msgspec.json.encode([_text(each) for each in translations])
    whole = hashlib.sha256(texts).hexdigest()
    file = folder / NAME
    write_atomic(
        file,
        msgspec.json.encode(_File(version=_VERSION, sha256=whole, texts=msgspec.Raw(texts))),
    )
    return file


def read(folder: Path) -> tuple[Translation, ...]:
    """What it holds, all of it checked. Missing where there is none; HostError where it is not what
    it says.
    """
    file = folder / NAME
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise Missing("there is no file of texts", where=str(file), fix=_FIX) from error
    except OSError as error:
        raise host_error(error, file) from error
    try:
        return _checked(content)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        raise HostError(f"is no file of texts: {error}", where=str(file), fix=_FIX) from error


_FIX = "start the service anew: it takes the texts out of their packages again"


def _checked(content: bytes) -> tuple[Translation, ...]:
    told = msgspec.json.decode(content, type=_File)
    if told.version != _VERSION:
        raise ValueError(f"it is of version {told.version}, and {_VERSION} is read")
    if hashlib.sha256(told.texts).hexdigest() != told.sha256:
        raise ValueError("its bytes are not those that were written")
    return tuple(_translation(each) for each in msgspec.json.decode(told.texts, type=list[_Text]))


def _translation(text: _Text) -> Translation:
    for verse in text.verses:
        if sha256(verse.text) != verse.sha256:
            raise ValueError(f"the verse {verse.id} of {text.id} is not as it was written")
    licence = Licence(name=text.licence, attribution=text.attribution)
    about = About(id=text.id, name=text.name, language=text.language, licence=licence)
    translation = Translation(about, {verse.id: verse.text for verse in text.verses})
    if translation.digest != text.digest:
        raise ValueError(f"{text.id} is not as it was written")
    return translation


def _text(translation: Translation) -> _Text:
    about = translation.about
    return _Text(
        id=about.id,
        name=about.name,
        language=about.language,
        licence=about.licence.name,
        attribution=about.licence.attribution,
        digest=translation.digest,
        verses=[_Verse(each.id, each.sha256, each.text) for each in translation],
    )
