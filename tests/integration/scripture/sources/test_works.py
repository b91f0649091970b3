"""The works of SWORD that Debian has: whole, on their verses, without what swells them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rackhouse.services.scripture.model.canon.books import BOOKS, place_of
from rackhouse.services.scripture.model.reference import Range, Reference
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.work import Work

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scripture-modules")]
Works = Mapping[str, Work]


def said(work: Work, reference: str) -> list[str]:
    return [work.entry(each.at).text for each in work.on(parse(reference))]


def test_all_of_them_are_there(works: Works) -> None:
    assert {id: (work.kind, len(work)) for id, work in works.items()} == {
        "mhcc": ("commentary", 4_059),
        "treasury-of-david": ("commentary", 151),
        "naves": ("topics", 5_322),
        "strongs-greek": ("lexicon", 5_624),
        "strongs-hebrew": ("lexicon", 8_675),
    }
    for work in works.values():
        assert work.about.licence.name == "Public Domain"
        assert "SWORD module" in work.about.licence.attribution


def test_a_comment_that_is_linked_over_its_verses_is_there_once(works: Works) -> None:
    mhcc = works["mhcc"]
    assert sum(len(mhcc.entry(each.at).text) for each in mhcc.places) < 8_000_000
    (text,) = said(mhcc, "Gen 1:4")
    assert text.startswith("Verses 3-5\nGod said, Let there be light")
    (psalm,) = said(mhcc, "Ps 23:4")
    assert "The Lord is my shepherd" in psalm
    assert len(said(mhcc, "Jude")) >= 6
    (john,) = said(mhcc, "Jn 3:16")  # its module has it on verses 1 to 8 alone
    assert "Christ's discourse with Nicodemus.(1-21)" in john
    for verse in Range(BOOKS[0].first(), BOOKS[65].last()).verses():
        if place_of(verse)[1] == 1:
            assert list(mhcc.on(Reference((Range(verse, verse),)))), verse


def test_a_psalm_is_commented_as_a_whole(works: Works) -> None:
    (text,) = said(works["treasury-of-david"], "Ps 23:6")
    assert text.startswith("Psalm 23 OVERVIEW")


def test_headings_and_their_references(works: Works) -> None:
    naves = works["naves"]
    (place,) = naves.under("Aaron")
    entry = naves.entry(place.at)
    assert entry.text.startswith("\u2192 Lineage of Ex 6:16-20")
    first = entry.marks[0]
    assert (first.first, first.last) == (2_006_016, 2_006_020)
    marks = sum(len(naves.entry(each.at).marks) for each in naves.places)
    assert marks > 77_000


@pytest.mark.parametrize(
    ("work", "number", "begins", "holds"),
    [
        ("strongs-greek", "G26", "\u1f00\u03b3\u03ac\u03c0\u03b7", "love, i.e. affection"),
        ("strongs-hebrew", "H430", "\u05d0\u05dc\u05d4\u05d9\u05dd", "supreme"),
    ],
)
def test_words_are_defined(works: Works, work: str, number: str, begins: str, holds: str) -> None:
    (place,) = works[work].under(number)
    text = works[work].entry(place.at).text
    assert text.startswith(begins)
    assert holds in text.replace("{", "").replace("}", "")
