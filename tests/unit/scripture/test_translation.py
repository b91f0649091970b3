"""A translation gives back what it was made of, range by range."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.reference import Range
from rackhouse.services.scripture.model.translation import (
    About,
    Licence,
    Translation,
    Verse,
    digest_of,
)

TERMS = Licence(name="Public domain", attribution="Old words.")
ABOUT = About(id="old", name="Old", language="en", licence=TERMS)
# The end of a book, the next one's beginning, and what lies beyond the last.
IDS = [*Range(1_050_020, 2_001_010).verses(), *Range(66_022_015, BOOKS[-1].last()).verses()]
VERSES = st.dictionaries(st.sampled_from(IDS), st.text(max_size=12), max_size=len(IDS))


@given(VERSES, st.sampled_from(IDS), st.sampled_from(IDS))
def test_verses_come_as_they_went_in(verses: dict[int, str], one: int, other: int) -> None:
    held = Translation(ABOUT, verses)
    there = {id: text for id, text in sorted(verses.items()) if text}
    assert list(held) == [Verse(*each) for each in there.items()]
    assert len(held) == len(there)
    assert held.digest == digest_of(verses)
    asked = Range(min(one, other), max(one, other))
    assert [each.id for each in held.within(asked)] == [id for id in asked.verses() if id in there]


def test_it_is_gone_through_more_than_once_and_may_be_empty() -> None:
    held = Translation(ABOUT, {1_001_001: "En el principio crió Dios…", 1_001_002: "地"})
    assert list(held) == list(held) != []
    assert not list(Translation(ABOUT, {}))
    assert not list(Translation(ABOUT, {}).within(Range(1_001_001, 1_001_031)))
