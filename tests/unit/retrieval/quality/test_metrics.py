"""Each figure beside one that was worked out by hand."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import metrics


def test_the_gain_of_a_place_falls_with_its_logarithm() -> None:
    # Found in places 2 and 3 of what is worth 3 and 7; best would be 7 then 3 then 1.
    gained = 3 / log2(3) + 7 / log2(4)
    best = 7 / log2(2) + 3 / log2(3) + 1 / log2(4)
    found = metrics.ndcg([9, 1, 2], {1: 3.0, 2: 7.0, 3: 1.0})
    assert found == pytest.approx(gained / best) == pytest.approx(0.57414, abs=1e-5)


def test_where_all_is_worth_the_same_only_places_count() -> None:
    # 4 answer. Places 1 and 4: 1 + 0.43068, of 1 + 0.63093 + 0.5 + 0.43068.
    found = metrics.ndcg([1, 8, 9, 2], dict.fromkeys([1, 2, 3, 4], 1.0))
    assert found == pytest.approx(1.43068 / 2.56161, abs=1e-5)


def test_ten_are_looked_at_and_ten_could_be_found() -> None:
    gains = dict.fromkeys(range(30), 1.0)
    assert metrics.ndcg(range(30), gains) == 1.0
    assert metrics.ndcg([*range(100, 110), *range(30)], gains) == 0.0


def test_recall_is_of_all_that_answer() -> None:
    assert metrics.recall([1, 2, 9, 3], {1, 3, 5, 7}) == 0.5
    assert metrics.recall([*range(50), 99], {49, 99}) == 0.5
    assert metrics.recall([1, 1, 1], {1, 2}) == 0.5


def test_the_first_that_answers_is_counted_by_its_place() -> None:
    assert metrics.reciprocal([7, 8, 1, 2], {1, 2}) == pytest.approx(1 / 3)
    assert metrics.reciprocal([7, 8], {1}) == 0.0


def test_one_of_ten_is_enough() -> None:
    assert metrics.hit([*range(9), 77], {77}) == 1.0
    assert metrics.hit([*range(10), 77], {77}) == 0.0


def test_where_nothing_answers_nothing_is_found() -> None:
    assert (metrics.ndcg([1], {}), metrics.recall([1], ()), metrics.hit([1], ())) == (0, 0, 0)


@given(
    st.lists(st.integers(1, 40), unique=True),
    st.dictionaries(st.integers(1, 40), st.sampled_from([1.0, 3.0, 7.0])),
)
def test_each_is_a_share_and_whole_for_the_best_order(
    found: list[int], gains: dict[int, float]
) -> None:
    good = set(gains)
    for value in (
        metrics.ndcg(found, gains),
        metrics.recall(found, good),
        metrics.reciprocal(found, good),
        metrics.hit(found, good),
    ):
        assert 0.0 <= value <= 1.0 + 1e-9
    best = sorted(gains, key=lambda verse: -gains[verse])
    if best:
        assert metrics.ndcg(best, gains) == pytest.approx(1.0)
        assert metrics.recall(best, good) == metrics.reciprocal(best, good) == 1.0
