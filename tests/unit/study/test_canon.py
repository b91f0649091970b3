"""Codes that a model may write, and references as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.study.held import CANON


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("JHN.3.16", "John 3:16"),
        (" jhn.3.16-18 ", "John 3:16-18"),
        ("JHN.3", "John 3"),
        ("JHN.3.16-4.2", "John 3:16-4:2"),
        ("JHN.3.16-JHN.3.18", "John 3:16-18"),
        ("PSA.23.1", "Psalm 23:1"),
        ("PSA.22-24", "Psalms 22-24"),
        ("1CO.13.4", "1 Corinthians 13:4"),
        ("JUD.1.5", "Jude 1:5"),
    ],
)
def test_a_code_is_read(code: str, written: str) -> None:
    ends = CANON.read(code)
    assert ends is not None
    assert CANON.written(*ends) == written


@pytest.mark.parametrize(
    "code",
    [
        *("JHN.3.99", "PSA.151", "PSA.151.1", "XXX.1.1", "JHN.3.18-16", "JHN", "", "JHN.0.1"),
        *("JHN.3.0", "John 3:16", "JHN.3.16-18-20", "JHN.3.16; DROP", "JHN.\u0663.\u0661\u0666"),
        *("JHN.3.16\nJHN.3.17", "TOB.4.7"),
    ],
)
def test_what_is_none_is_none(code: str) -> None:
    assert CANON.read(code) is None


@given(st.data())
def test_each_passage_has_a_code_that_reads_as_it(data: st.DataObject) -> None:
    book = data.draw(st.sampled_from(CANON.books))
    verses = list(CANON.verses(book.id * 1_000_000 + 1_001, CANON.last(_end(book))))
    first = data.draw(st.integers(0, len(verses) - 1))
    last = data.draw(st.integers(first, len(verses) - 1))
    ends = verses[first], verses[last]
    assert CANON.read(CANON.code(*ends)) == ends
    assert all(CANON.has(each) for each in verses)


def _end(book: object) -> int:
    return book.id * 1_000_000 + len(book.verses) * 1_000 + 1  # type: ignore[attr-defined]


@given(st.text(max_size=30))
def test_any_text_is_read_or_not(text: str) -> None:
    assert CANON.read(text) is None or CANON.has(CANON.read(text)[0])  # type: ignore[index]
