"""`about.toml`: what a translation is called, whose it is, and on what terms it is passed on."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from rackhouse.kit.errors import HostError
from rackhouse.services.scripture.model.canon.numbering import NAMES
from rackhouse.services.scripture.model.translation import About, Licence

NAME = "about.toml"
_TEMPLATE = """write about.toml beside its files:
    id = "bsb"
    name = "Berean Standard Bible"
    language = "en"
    licence = "Public domain"
    attribution = "Berean Standard Bible, berean.bible"
    numbering = "english"    # or: {names}"""
FIX = _TEMPLATE.format(names=", ".join(NAMES[1:]))
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_NEEDED = ("id", "name", "language", "licence", "attribution")


@dataclass(frozen=True, slots=True)
class Told:
    """`numbering` is one of NAMES."""

    about: About
    numbering: str


def read(content: bytes, where: str) -> Told:
    """All that is wrong in it at once. HostError."""
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise HostError(f"is no TOML: {error}", where=where, fix=FIX) from error
    faults = [f"it does not say {each}" for each in _NEEDED if not _text(told, each)]
    faults += [f"nothing is called {each}" for each in told if each not in (*_NEEDED, "numbering")]
    id, numbering = _text(told, "id"), _text(told, "numbering") or NAMES[0]
    if id and not _ID.fullmatch(id):
        faults.append(f"the id {id[:40]!r} is not of small letters, digits and hyphens")
    if numbering not in NAMES:
        faults.append(f"there is no numbering {numbering[:40]!r}")
    if faults:
        raise HostError("; ".join(faults), where=where, fix=FIX)
    licence = Licence(name=_text(told, "licence"), attribution=_text(told, "attribution"))
    about = About(
        id=id, name=_text(told, "name"), language=_text(told, "language"), licence=licence
    )
    return Told(about, numbering)


def _text(told: dict[str, object], name: str) -> str:
    said = told.get(name, "")
    return " ".join(said.split()) if isinstance(said, str) else ""
