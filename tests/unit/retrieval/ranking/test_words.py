from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.ranking.forms import IRREGULAR
from rackhouse.services.retrieval.model.ranking.words import Terms, words

KNOWN = words("love loveth run cry come brother harvest believe priest man")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("God's own Son", ["god", "own", "son"]),
        ("God\N{RIGHT SINGLE QUOTATION MARK}s own", ["god", "own"]),
        ("João, añadió", ["joao", "anadio"]),
        ("Bartimæus", ["bartimaeus"]),
        ("GOD—is 1 love", ["god", "is", "1", "love"]),
        ("", []),
    ],
)
def test_words_are_folded(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loveth", "love"),
        ("lovest", "loves"),
        ("runneth", "running"),
        ("crieth", "cries"),
        ("believeth", "believing"),
        ("spake", "speak"),
        ("brethren", "brothers"),
        ("men", "man"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    terms = Terms(KNOWN)
    assert terms(one) == terms(other)


@pytest.mark.parametrize("word", ["harvest", "priest"])
def test_an_ending_is_cut_only_to_a_word_that_is_known(word: str) -> None:
    assert Terms(KNOWN)(word) == [word]


def test_a_family_of_forms_has_one_head() -> None:
    assert not [form for form, head in IRREGULAR.items() if head in IRREGULAR or form == head]


@given(st.text(max_size=60))
def test_any_text_has_terms_and_none_is_empty(text: str) -> None:
    assert all(Terms(words(text))(text))


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=40))
def test_case_does_not_matter(text: str) -> None:
    assert words(text.upper()) == words(text.lower())
