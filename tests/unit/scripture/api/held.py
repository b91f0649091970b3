"""A library of two small translations, of which one lacks a verse."""

from __future__ import annotations

from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import About, Licence, Translation
from rackhouse.services.scripture.service.library import Library

LICENCE = Licence(name="Public domain", attribution="Ours.")


def translation(id: str, missing: tuple[int, ...] = ()) -> Translation:
    everything = Range(BOOKS[0].first(), BOOKS[65].last()).verses()
    about = About(id=id, name=id.upper(), language="en", licence=LICENCE)
    return Translation(about, {it: f"{id} {it}" for it in everything if it not in missing})


HELD = Library((translation("one"), translation("two", (43_003_017,))))
