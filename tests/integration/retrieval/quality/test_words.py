"""Words alone, over the two translations that every machine has: each figure keeps its floor."""

from __future__ import annotations

import pytest

from retrieval import floors
from retrieval.held import Texts

from .conftest import worth

pytestmark = pytest.mark.xdist_group("retrieval-words")


def test_what_words_find_is_not_less_than_it_was(words: Texts, asked: str) -> None:
    assert not floors.lower(worth(words, asked), "kjv asv, words alone", asked)


def test_a_reference_is_looked_up(words: Texts) -> None:
    assert words.found("what does John 3:16-17 say about love")[:2] == [43003016, 43003017]
