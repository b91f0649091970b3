"""Words are compared without their endings, and marked where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.words import content, marks, stem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("swallow", "swallowed"),
        ("loved", "loveth"),
        ("love", "loves"),
        ("mercies", "mercy"),
        ("worrying", "worry"),
        ("believest", "believe"),
    ],
)
def test_one_word_has_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_what_a_question_is_asked_with_says_nothing() -> None:
    assert content("What does the Bible say about the fishes?") == ("fish",)
    assert content("¿Qué dice la Biblia sobre el amor?") == ("biblia", "amor")


@given(st.text(max_size=200))
def test_marks_are_words_of_the_text(text: str) -> None:
    for start, end in marks(text, content(text)):
        assert content(text[start:end])
