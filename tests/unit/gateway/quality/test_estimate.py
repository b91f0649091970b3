"""Bounds hold as often as they say, and narrow with evidence."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.quality.estimate import HALF_LIFE, rate, weight

COUNTS = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("n", [1, 2, 5, 10, 30, 100])
def test_bounds_contain_the_truth_as_often_as_they_say(n: int) -> None:
    """Exactly, not by drawing: over every count that a truth can give, by its probability."""
    bounds = [rate(good, n) for good in range(n + 1)]
    for truth in (each / 50 for each in range(51)):
        held = sum(
            comb(n, good) * truth**good * (1 - truth) ** (n - good)
            for good, bound in enumerate(bounds)
            if bound.low - 1e-12 <= truth <= bound.high + 1e-12
        )
        assert held >= 0.95 - 1e-9, truth


@given(COUNTS)
def test_bounds_are_ordered_and_more_of_the_same_narrows_them(counts: tuple[int, int]) -> None:
    good, n = counts
    few, many = rate(good, n), rate(2 * good, 2 * n)
    assert 0 <= few.low <= few.mid <= few.high <= 1
    assert many.high - many.low <= few.high - few.low + 1e-12


@given(COUNTS)
def test_one_more_that_held_lowers_neither_bound(counts: tuple[int, int]) -> None:
    good, n = counts
    before, after = rate(good, n), rate(good + 1, n + 1)
    assert (after.low, after.high) >= (before.low - 1e-12, before.high - 1e-12)


@given(st.floats(0, 0.99), st.floats(0, 1))
def test_less_than_a_verdict_bounds_nothing(n: float, share: float) -> None:
    bound = rate(n * share, n)
    assert (bound.low, bound.high) == (0, 1)


def test_a_verdict_counts_half_after_the_half_life() -> None:
    assert weight(0) == weight(-3) == 1
    assert weight(HALF_LIFE) == 0.5
