"""Texts are found again by the hashes of their words, in whichever passages they stand."""

from __future__ import annotations

import numpy as np

from rackhouse.services.retrieval.model.places import Places, empty
from rackhouse.services.retrieval.store.documents import sha256


def _places() -> Places:
    """Three passages: the second says in both renderings what the first says in one."""
    one, other = empty(3), empty(3)
    for row, text in enumerate(("a", "a", "b")):
        one[row] = np.frombuffer(sha256(text), np.uint8)
    other[1] = np.frombuffer(sha256("c"), np.uint8)
    return Places({"one": one, "other": other})


def test_rows_are_those_that_say_it() -> None:
    places = _places()
    assert places.rows([sha256("a")]).tolist() == [0, 1]
    assert places.rows([sha256("b"), sha256("c"), sha256("c")]).tolist() == [1, 2]
    assert places.rows([sha256("elsewhere")]).tolist() == []
    assert places.rows([]).tolist() == []


def test_hashes_are_those_of_the_rows_each_once() -> None:
    places = _places()
    assert places.digests(np.array([0, 1])) == [sha256("a"), sha256("c")]
    assert places.digests(np.array([2])) == [sha256("b")]


def test_vectors_stand_where_their_texts_do() -> None:
    places = _places()
    known = {sha256("a"): np.array([1, 0], np.float16), sha256("c"): np.array([1], np.float16)}
    found = places.vectors(np.array([0, 1, 2]), known, 2)
    assert found["one"].tolist() == [[1, 0], [1, 0], [0, 0]]
    assert found["other"].tolist() == [[0, 0], [0, 0], [0, 0]]  # one of another dimension is none
