from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.ranking.lexical import Lexical

PASSAGES = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8), max_size=12)
WEIGHTS = st.dictionaries(st.sampled_from("abcdefgx"), st.floats(0.1, 2), max_size=4)


def plainly(passages: list[list[str]], weights: dict[str, float], row: int) -> float:
    """BM25 as it is written down, once more."""
    mean = max(sum(map(len, passages)) / len(passages), 1.0)
    found = 0.0
    times = Counter(passages[row])
    for term, weight in weights.items():
        having = sum(term in each for each in passages)
        idf = math.log(1 + (len(passages) - having + 0.5) / (having + 0.5))
        damped = times[term] + 0.9 * (1 - 0.4 + 0.4 * len(passages[row]) / mean)
        found += weight * idf * times[term] * 1.9 / damped
    return found


@given(PASSAGES, WEIGHTS)
def test_scores_are_those_of_the_formula(
    passages: list[list[str]], weights: dict[str, float]
) -> None:
    scores = Lexical(passages).scores(weights)
    expected = [plainly(passages, weights, row) for row in range(len(passages))]
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-6)


@given(PASSAGES)
def test_the_rows_that_have_a_term(passages: list[list[str]]) -> None:
    index = Lexical(passages)
    for term in "abcdefgx":
        having = [row for row, each in enumerate(passages) if term in each]
        assert list(index.having(term)) == having
        assert (term in index) is bool(having)


def test_what_is_nowhere_is_worth_most() -> None:
    index = Lexical([["a", "b"], ["a"]])
    assert index.worth("nowhere") > index.worth("b") > index.worth("a")
