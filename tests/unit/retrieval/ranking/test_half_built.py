"""While a collection is embedded few passages have a vector, and the others are not left behind."""

from __future__ import annotations

import numpy as np

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.search import Query, search

PASSAGES = [
    Passage(id=str(row), document=str(row), ordinal=0, texts={"kjv": text})
    for row, text in enumerate(
        (
            "a certain man had two sons",
            "a great fish was prepared",
            "the wall had twelve gates",
            "he gave good gifts",
        )
    )
]
QUERY = np.array([1, 0, 0], np.float32)


def held(*known: int) -> Held:
    vectors = np.zeros((len(PASSAGES), 3), np.float32)
    for row in known:
        vectors[row] = (0.3, 0.954, 0) if row else (0.9, 0.436, 0)
    return Held(PASSAGES, {"kjv": vectors})


def best(held: Held) -> int:
    return search(held, Query(text="the prodigal sons", vector=QUERY, limit=1))[0].row


def test_words_alone_find_where_no_vector_is_there() -> None:
    assert best(held()) == 0  # most of the query is said nowhere: meaning would count alone


def test_few_vectors_do_not_outweigh_words() -> None:
    assert best(held(2)) == 0
    assert best(held(1, 2)) == 0


def test_all_vectors_count_in_full() -> None:
    assert best(held(0, 1, 2, 3)) == 0
