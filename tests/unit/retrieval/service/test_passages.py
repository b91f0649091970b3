"""Passages held as bytes are the same again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.passages import Passages

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBER = st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False)
PASSAGE = st.builds(
    Passage,
    id=TEXT,
    document=st.sampled_from(["JHN.3", "PSA.23", "p\xe4ge"]),
    ordinal=st.integers(0, 10**6),
    texts=st.dictionaries(TEXT, TEXT, max_size=3),
    spans=st.lists(st.tuples(st.integers(0), st.integers(0)), max_size=3).map(tuple),
    attributes=st.dictionaries(TEXT, TEXT | st.booleans() | NUMBER, max_size=3),
    headings=st.lists(TEXT, max_size=2).map(tuple),
    owner=st.none() | TEXT,
    about=st.lists(TEXT, max_size=2).map(tuple),
)


@given(st.lists(PASSAGE, max_size=12))
def test_they_are_what_they_were_in_their_order(given_: list[Passage]) -> None:
    held = Passages(given_)
    assert [*held] == given_
    assert [held[row] for row in range(len(held))] == given_
    assert held[1:-1] == given_[1:-1]
    kinds = [[*map(type, each.attributes.values())] for each in held]
    assert kinds == [[*map(type, each.attributes.values())] for each in given_]
    for document in ("JHN.3", "nowhere"):
        assert held.of(document).tolist() == [each.document == document for each in given_]


def test_there_are_none_behind_the_last() -> None:
    held = Passages([])
    with pytest.raises(IndexError):
        held[0]


def test_the_list_that_they_are_taken_out_of_is_empty_then() -> None:
    one = Passage(id="1", document="d", ordinal=0, texts={"kjv": "light"})
    some = [one, replace(one, id="2")]
    held = Passages.taken(some)
    assert (some, [each.id for each in held], held[-1].id) == ([], ["1", "2"], "2")
