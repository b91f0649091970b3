"""Sentences out of a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.study.model.guard.sentences import LONGEST, LONGEST_QUOTED, Holder

_MARKS = ". |! |? |\"|\u201c|\u201d|'|\n|\n\n| |: |, |(|) |1. |- |> |\u2014 |...|Mr. |*|#|\u200b"
PIECES = st.sampled_from([*_MARKS.split("|"), "God is love", "John 3:16", "Rom. 8", "word", "3"])
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


def _cut(text: str, sizes: list[int]) -> list[str]:
    holder, found, at = Holder(), [], 0
    for size in sizes:
        found += holder.feed(text[at : at + size])
        at += size
    return found + holder.feed(text[at:]) + holder.end()


@given(TEXTS, st.lists(st.integers(0, 20), max_size=80))
def test_nothing_is_lost_and_chunks_do_not_matter(text: str, sizes: list[int]) -> None:
    whole = _cut(text, [])
    assert "".join(whole) == text
    assert _cut(text, sizes) == whole
    assert _cut(text, [1] * len(text)) == whole


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? ", ["One. ", "Two! ", "Three? "]),
        ("See Rom. 8:28, Mr. X, e.g. him. So.", ["See Rom. 8:28, Mr. X, e.g. him. ", "So."]),
        ('He said, "One. Two." Then', ['He said, "One. Two." ', "Then"]),
        ("He said, 'One. Two.' Then", ["He said, 'One. Two.' ", "Then"]),
        ('"One." (John 3:16) Then', ['"One." (John 3:16) Then']),
        ("One. \u2014 John 3:16\n\nTwo", ["One. \u2014 John 3:16\n\n", "Two"]),
        ("It says:\n\nOne\n- two\n- three", ["It says:\n\nOne\n", "- two\n", "- three"]),
        ("One\n1. two\n1 John 4:8", ["One\n", "1. two\n1 John 4:8"]),
        ("> One. Two.\n> Three\nFour. Five", ["> One. Two.\n> Three\n", "Four. ", "Five"]),
        ('"One. Two\n\nThree. Four', ['"One. Two\n\n', "Three. ", "Four"]),
        ("The disciples' feet. Then", ["The disciples' feet. ", "Then"]),
        ("one two. three. Four", ["one two. three. ", "Four"]),
    ],
)
def test_where_a_sentence_ends(text: str, sentences: list[str]) -> None:
    assert _cut(text, []) == sentences


def test_a_stream_without_an_end_is_cut() -> None:
    holder = Holder()
    cut = [each for _ in range(400) for each in holder.feed("and so on, ")]
    assert cut
    assert all(len(each) <= LONGEST + 1 for each in cut)
    assert all(each.endswith(", ") for each in cut)


def test_a_quotation_without_an_end_is_cut_much_later() -> None:
    holder = Holder()
    assert not [each for _ in range(300) for each in holder.feed("and. So " if _ else '"And so ')]
    cut = [each for _ in range(400) for each in holder.feed("and. So ")]
    assert LONGEST < len(cut[0]) <= LONGEST_QUOTED + 10


def test_a_word_without_an_end_is_cut() -> None:
    assert Holder().feed("x" * 100_000)
