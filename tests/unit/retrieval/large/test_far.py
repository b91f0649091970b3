"""What is compared of a few passages is what all together would have said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.dense import Dense
from rackhouse.services.retrieval.model.ranking.far import (
    Sample,
    compared,
    likely,
    spread,
    with_next,
)
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.search import Query

SIZE, WIDTH = 400, 16


def _crowd(seed: int) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    vectors = {}
    for name in ("one", "other"):
        whole = chance.standard_normal((SIZE, WIDTH)).astype(np.float32)
        vectors[name] = whole / np.linalg.norm(whole, axis=1, keepdims=True)
    documents = np.sort(chance.integers(0, 40, SIZE)).astype(np.int32)
    query = chance.standard_normal(WIDTH).astype(np.float32)
    return vectors, documents, query / np.linalg.norm(query)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=40))
def test_some_rows_are_compared_as_among_all(seed: int, some: set[int]) -> None:
    vectors, documents, query = _crowd(seed)
    _compare({"one": vectors["one"]}, documents, query, np.array(sorted(some)))


@pytest.mark.parametrize("seed", range(5))
def test_the_best_are_compared_by_each_rendering(seed: int) -> None:
    vectors, documents, query = _crowd(seed)
    best = np.argsort(-(vectors["one"] + vectors["other"]) @ query)[:40]
    _compare(vectors, documents, query, np.sort(best))


def _compare(
    vectors: dict[str, np.ndarray], documents: np.ndarray, query: np.ndarray, asked: np.ndarray
) -> None:
    rows = with_next(asked, SIZE)
    sample = Sample(vectors, np.arange(SIZE), documents)
    own = {name: each[rows] for name, each in vectors.items()}
    meaning = compared(query, own, rows, documents, sample)
    exact = Dense(vectors, documents).scores(query[None])[0]
    assert meaning.cosines[asked] == pytest.approx(exact[asked], abs=1e-3)
    others = np.setdiff1d(np.arange(SIZE), rows)
    assert np.isnan(meaning.cosines[others]).all()
    assert not meaning.standard[others].any()
    if len(vectors) == 1:
        deviations = (exact - exact.mean()) / exact.std()
        assert meaning.standard[asked] == pytest.approx(deviations[asked], abs=0.01)


def test_a_sample_is_spread_over_all_and_passes_over_what_has_no_vector() -> None:
    rows = spread(100_000)
    assert rows.size == 2_048
    assert rows[0] == 0
    assert rows[-1] == 99_999
    assert spread(3).tolist() == [0, 1, 2]
    vectors, documents, query = _crowd(1)
    for each in vectors.values():
        each[: SIZE // 2] = 0
    half = {name: each[SIZE // 2 :] for name, each in vectors.items()}
    there = np.arange(SIZE // 2, SIZE)
    whole = Sample(vectors, np.arange(SIZE), documents).around(query)
    assert whole == pytest.approx(Sample(half, there, documents).around(query), abs=0.03)


def test_what_says_the_words_is_compared_and_nothing_that_is_not_allowed() -> None:
    texts = ["grace and peace", "grace", "law", "peace", "nothing"]
    passages = [
        Passage(id=str(at), document="d", ordinal=at, texts={"own": text})
        for at, text in enumerate(texts)
    ]
    held = Held(passages)
    assert likely(held, Query(text="the grace of peace")).tolist() == [0, 1, 3]
    allowed = np.array([True, False, True, True, True])
    asked = Query(text="grace", allowed=allowed, looked_up=[2])
    assert likely(held, asked).tolist() == [0, 2]
    assert likely(held, Query(text="")).tolist() == []
