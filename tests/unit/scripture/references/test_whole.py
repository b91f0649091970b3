from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.scripture.model.references.whole import whole


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jn 3 16", "John 3:16"),
        (" jn 3 16-18 ", "John 3:16-18"),
        ("1 cor 13 4-7", "1 Corinthians 13:4-7"),
        ("Rev 3.20", "Revelation 3:20"),
        ("James 1", "James 1"),
        ("Salmo 23", "Psalm 23"),
        ("Jn 3:16; 1 Cor 13", "John 3:16; 1 Corinthians 13"),
    ],
)
def test_what_people_type_into_a_box(typed: str, meant: str) -> None:
    assert str(whole(typed)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "Romans",
        "II John",
        "Romans I",
        "love",
        "",
        "what does Romans 8 say",
        "John 3:99",
        "John 3 99",
        "12",
        "a" * 500,
    ],
)
def test_all_else_is_looked_for_in_prose(typed: str) -> None:
    assert whole(typed) is None


@given(st.text(max_size=120))
def test_any_text_is_one_or_none(text: str) -> None:
    assert whole(text) is None or len(text.strip()) <= 100
