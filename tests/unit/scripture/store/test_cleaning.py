"""What an edition adds is taken off, and the words stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.cleaning import cleaned, words


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (" darkness [was] upon\n", "darkness was upon"),
        ("help for him in God.[Selah", "help for him in God. Selah"),
        ("the king of Bela ( the same [is] Zoar;)", "the king of Bela (the same is Zoar;)"),
        ("intreat the LORD(for [it is] enough)", "intreat the LORD (for it is enough)"),
        ("denieth the Son, [(but) he that", "denieth the Son, (but) he that"),
        ("take [them:]( the sheep)", "take them: (the sheep)"),
        ("your faith to God- ward", "your faith to God-ward"),
        ("a precious corner- [stone] of", "a precious corner-stone of"),
        ("mightier  than we.\n", "mightier than we."),
        ("his sons\u2019 wives\u2014and", "his sons\u2019 wives\u2014and"),
        ("\n", ""),
        ("", ""),
    ],
)
def test_a_verse_is_one_line_without_marks(told: str, wanted: str) -> None:
    assert cleaned(told) == wanted


@given(
    st.lists(
        st.sampled_from(["word", "Other", "[", "]", "(", ")", " ", ", ", "\u2019s", "- ", "\n"])
    )
)
def test_no_word_is_lost_or_glued(parts: list[str]) -> None:
    # Editions close a bracket before the space, so that nothing is written on at once.
    text = "".join(parts).replace("]", "] ")
    assert words(cleaned(text)) == words(text)
    assert cleaned(cleaned(text)) == cleaned(text)
