"""A library of two small translations, of which one lacks a verse."""

from __future__ import annotations

from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.canon.numbering import numbering
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import About, Licence, Translation
from rackhouse.services.scripture.model.work import Entry, Place, Work
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.store import packing, shelves
from rackhouse.services.scripture.store.drafts import Draft
from rackhouse.services.scripture.store.markup import prose
from rackhouse.services.scripture.store.markup.fragments import Fragments
from rackhouse.services.scripture.store.texts import Kept

LICENCE = Licence(name="Public domain", attribution="Ours.")


def translation(id: str, missing: tuple[int, ...] = ()) -> Translation:
    everything = Range(BOOKS[0].first(), BOOKS[65].last()).verses()
    about = About(id=id, name=id.upper(), language="en", licence=LICENCE)
    return Translation(about, {it: f"{id} {it}" for it in everything if it not in missing})


def noted() -> Translation:
    """Two verses, with what stands beside them; the second stands elsewhere in its edition."""
    draft = Draft(numbering("english"))
    reads = Fragments()
    for place, said in {
        ("JHN", 3, 16): (
            '<title>The Son</title><w lemma="strong:G3779">So</w> <w lemma="strong:G25">loved</w>'
            ' <w lemma="strong:G2316">God</w><note>Or, <i>Elohim</i></note>'
            '<w lemma="strong:G26 strong:G25">the love</w>.'
        ),
        ("ROM", 14, 24): '<w lemma="strong:G26">Love</w>, <w lemma="strong:G26">love</w>',
    }.items():
        for each in reads.read(said):
            draft.add(place, each)
    about = About(id="noted", name="NOTED", language="en", licence=LICENCE)
    return packing.opened(packing.packed(about, draft.taken()))


HELD = Library((translation("one"), translation("two", (43_003_017,))))


def work(id: str, kind: str, entries: list[tuple[str, int, int, str]]) -> Work:
    """Of keys, verses and markup."""
    about = About(id=id, name=id.upper(), language="en", licence=LICENCE)
    said = [
        Entry(Place(at, key, first, last), *prose.read(text))
        for at, (key, first, last, text) in enumerate(entries)
    ]
    return shelves.opened(Kept(id, "1", shelves.packed(about, kind, said)))


WORKS = (
    work(
        "notes",
        "commentary",
        [
            (
                "",
                43_003_001,
                43_003_015,
                "<title>One</title><p>See <ref osisRef='Rom.8'>Ro 8</ref>.",
            ),
            ("", 43_003_016, 43_003_016, "So <hi>much</hi>."),
        ],
    ),
    work("words", "lexicon", [("G25", 0, 0, "to love"), ("G26", 0, 0, "<orth>agape</orth>: love")]),
)
NOTED = Library((*HELD.translations, noted()), WORKS)
