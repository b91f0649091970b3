from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.ranking.asked import sought
from rackhouse.services.retrieval.model.ranking.typos import Dictionary, Typos

KNOWN = {"walking": 9, "water": 90, "samaritan": 5, "resurrection": 40, "wife": 80, "friend": 50}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("wlaking", "walking"),
        ("watter", "water"),
        ("samaratan", "samaritan"),
        ("resurection", "resurrection"),
        ("freind", "friend"),
        ("water", "water"),
        ("walker", "walker"),  # a word, though the collection has it not
        ("wat", "wat"),  # too short
        ("xyzzyplugh", "xyzzyplugh"),
        ("3:16", "3:16"),
    ],
)
def test_mistakes_are_mended_towards_the_collection(word: str, meant: str) -> None:
    assert Typos(KNOWN).corrected(word) == meant


@given(st.sets(st.text()), st.text())
def test_a_dictionary_has_its_words_and_no_others(known: set[str], other: str) -> None:
    held = Dictionary(known)
    assert len(held) == len(known)
    assert all(each in held for each in known)
    assert (other in held) is (other in known)


def test_of_two_the_one_that_is_there_more_often() -> None:
    assert Typos({"grove": 5, "grave": 50}).corrected("grqve") == "grave"


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("what does the Bible say about anger", "anger"),
        ("Bible verses about anger", "anger"),
        ("some encouraging verses for a sick friend", "a sick friend"),
        ("where does it say that pride goes before a fall", "pride goes before a fall"),
        ("¿qué dice la Biblia sobre la ira", "¿qué dice la Biblia sobre la ira"),
        ("qué dice la Biblia sobre la ira", "la ira"),
        ("what did Jesus say to Nicodemus", "what did Jesus say to Nicodemus"),
        ("verses about ", "verses about "),
        ("anger", "anger"),
    ],
)
def test_what_is_asked_around_it_is_left_out(asked: str, left: str) -> None:
    assert sought(asked) == left
