"""The support score: what counts for a claim, what against it, and how often it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.quotations.labelled import errors, labelled
from rackhouse.services.study.model.support import SUPPORTED, Against, support

VERSE = "For God so loved the world, that he gave his only begotten Son."
DAYS = "And the rain was upon the earth forty days and forty nights."


@pytest.mark.parametrize(
    ("claim", "verse", "against"),
    [
        ("God loved the world.", VERSE, ()),
        ("God did not love the world.", VERSE, (Against.NEGATION,)),
        ("God hated the world.", VERSE, (Against.CONTRARY,)),
        ("Moses loved the world.", VERSE, (Against.NAME,)),
        ("God loved the world alone.", VERSE, (Against.LIMIT,)),
        ("It rained for forty days.", DAYS, ()),
        ("It rained for 40 days.", DAYS, ()),
        ("It rained for seventy days.", DAYS, (Against.NUMBER,)),
        ("Do not kill.", "Thou shalt not kill.", ()),
        ("You may kill.", "Thou shalt not kill.", (Against.NEGATION,)),
        ("Nobody can serve two masters.", "No man can serve two masters.", ()),
    ],
)
def test_what_counts_against_a_claim(claim: str, verse: str, against: tuple[Against, ...]) -> None:
    found = support(claim, [verse])
    assert found.against == against
    assert found.enough is not bool(against)


def test_similarity_counts_where_there_is_one() -> None:
    far, near = (support("He cares for everyone.", [VERSE], it) for it in (0.1, 0.9))
    assert far.score < near.score
    assert far.shared == near.shared == 0


@given(
    st.text(max_size=80),
    st.lists(st.text(max_size=80), max_size=3),
    st.none() | st.floats(-1, 1),
)
def test_any_text_has_a_score(claim: str, verses: list[str], similarity: float | None) -> None:
    found = support(claim, verses, similarity)
    assert 0 <= found.score <= 1
    assert found.enough is (found.score >= SUPPORTED)


def test_how_often_it_is_wrong_by_words_alone() -> None:
    rows = labelled()
    assert len(rows) >= 200
    for held_back, most in ((False, 0.17), (True, 0.22)):
        half = [row for row in rows if row.held_back is held_back]
        assert len(errors(half, lambda _: None)) <= most * len(half)
