"""Texts of like length are computed together, and none is forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.worker.batches import batches, together

LENGTHS = st.lists(st.integers(2, 256), max_size=200)


@given(LENGTHS, st.integers(1, 40), st.integers(1, 2000))
def test_every_text_is_in_one_batch(lengths: list[int], texts: int, tokens: int) -> None:
    found = list(batches(lengths, texts, tokens))
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= texts for batch in found)
    for batch in found:
        padded = len(batch) * max(lengths[place] for place in batch)
        assert padded <= tokens or len(batch) == 1


@given(LENGTHS)
def test_little_is_computed_for_nothing(lengths: list[int]) -> None:
    for batch in batches(lengths):
        told = [lengths[place] for place in batch]
        assert max(told) <= 2 * min(told) + 8


@given(st.lists(st.integers(2, 256), min_size=1, max_size=80))
def test_what_is_computed_together_is_one_batch_in_any_order(lengths: list[int]) -> None:
    assert together(lengths) == (len(list(batches(lengths))) == 1)
