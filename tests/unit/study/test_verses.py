"""Verses are held as bytes, and are what was put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.verses import Verses


@given(st.dictionaries(st.integers(0, 2**31 - 1), st.text()))
def test_what_was_put_is_there_and_nothing_else(said: dict[int, str]) -> None:
    held = Verses()
    for number in sorted(said):
        held.put(number, said[number])
    assert dict(held) == said
    assert list(held) == sorted(said)
    assert [held.get(number + 1) for number in said] == [said.get(number + 1) for number in said]


def test_verses_are_put_in_their_order() -> None:
    held = Verses()
    held.put(1_001_002, "And the earth was without form")
    with pytest.raises(ValueError, match="1001001 comes behind 1001002"):
        held.put(1_001_001, "In the beginning")
