"""Counts add up, whoever adds them and in whichever order, and fade."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.seen import Answers, Cell
from rackhouse.services.gateway.service.quality.book import DAYS, Book
from rackhouse.services.gateway.service.quality.estimate import HALF_LIFE

_CELLS = st.sampled_from([Cell("chat", kind, up, "m") for kind in "ab" for up in ("x", "y")])
# Scores are eighths, so that sums are exact in whichever order they are made.
_SEEN = st.tuples(st.integers(0, 40), _CELLS, st.integers(0, 8).map(lambda n: n / 8))


def _book(seen: list[tuple[int, Cell, float]]) -> Book[Cell, Answers]:
    book = Book[Cell, Answers](Answers)
    for day, cell, score in seen:
        book.add(day, cell, Answers(1, 1, score, 5))
    return book


@given(st.lists(_SEEN), st.randoms())
def test_the_order_does_not_matter(seen: list[tuple[int, Cell, float]], chance: object) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _book(seen).take() == _book(shuffled).take()


@given(st.lists(_SEEN), st.lists(_SEEN))
def test_two_replicas_that_exchange_know_what_one_would(
    mine: list[tuple[int, Cell, float]], others: list[tuple[int, Cell, float]]
) -> None:
    written: dict[tuple[int, Cell], Answers] = {}
    for book in (_book(mine), _book(others)):
        for at, sums in book.take().items():
            before = written.get(at, Answers())
            written[at] = Answers(*(a + b for a, b in zip(before, sums, strict=True)))
    both = Book[Cell, Answers](Answers)
    both.load(written)
    one = _book(mine + others).faded(40)
    assert both.faded(40) == {cell: pytest.approx(sums) for cell, sums in one.items()}


def test_what_was_taken_still_counts_and_is_not_taken_twice() -> None:
    cell = Cell("chat", "a", "x", "m")
    book = _book([(7, cell, 1.0)])
    assert book.take() == {(7, cell): Answers(1, 1, 1, 5)}
    assert book.take() == {}
    book.add(7, cell, Answers(1, 1, 0, 5))
    assert book.faded(7) == {cell: Answers(2, 2, 1, 10)}


def test_evidence_fades_and_is_forgotten() -> None:
    cell = Cell("chat", "a", "x", "m")
    book = _book([(0, cell, 1.0)])
    book.take()
    assert book.faded(round(HALF_LIFE))[cell].good == 0.5
    assert book.faded(DAYS) == {}
    assert book.faded(0) == {}  # it is not kept for a clock that goes back
