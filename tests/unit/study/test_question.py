"""What may be asked, and how it is read."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.kit.web.problem import BadRequest, Problem, TooLarge
from rackhouse.services.study.model.question import LONGEST, read


@pytest.mark.parametrize("said", ["", " ", "\n\t", "???", "\u200b\u202e", "\x00", "“—”"])
def test_nothing_is_no_question(said: str) -> None:
    with pytest.raises(BadRequest, match="no question"):
        read(said)


def test_too_much_is_refused_and_not_repeated() -> None:
    with pytest.raises(TooLarge) as told:
        read("w" * 100_000)
    assert "wwww" not in str(told.value)
    assert "100,000" in str(told.value)


@pytest.mark.parametrize(
    ("said", "is_read"),
    [
        ("  who\nwas\tshe? ", "who was she?"),
        ("who\x00 was\x1b[31m she", "who was[31m she"),
        ("\u202ewho was she\u202c", "who was she"),
        ("wh\u200bo \ufeffwas", "who was"),
        ("¿Quie\u0301n?", "¿Quién?"),
        ("מי היה דוד", "מי היה דוד"),
        ("من هو داود؟", "من هو داود؟"),
        ("太初有道", "太初有道"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_what_is_not_seen_is_not_read(said: str, is_read: str) -> None:
    assert read(said) == is_read


@given(st.text(max_size=3 * LONGEST))
def test_any_text_is_read_or_refused(said: str) -> None:
    with suppress(Problem):
        line = read(said)
        assert line == " ".join(line.split())
        assert line.isprintable() or "\u200c" in line or "\u200d" in line
        assert read(line) == line
