"""What is said about passages, and what it lends them."""

from __future__ import annotations

import numpy as np
import pytest

from rackhouse.services.retrieval.model.documents import Document, Given, Media, of_given
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.remarks import Remarks, Said
from rackhouse.services.retrieval.model.ranking.search import Query, search

TEXTS = {
    "LUK.15": ["a certain man had two sons", "the younger gathered all", "he began to be in want"],
    "LUK.16": ["a certain rich man had a steward", "give an account of thy stewardship"],
}
PASSAGES = [
    Passage(id=f"{document}.{row}", document=document, ordinal=row, texts={"kjv": text})
    for document, texts in TEXTS.items()
    for row, text in enumerate(texts)
]
SAID = [
    Said("The prodigal is the sinner.", (0, 1, 2)),
    Said("Whatever we have belongs to God.", (3,)),
    Said("His wickedness and distress.", (0, 1, 2)),
]


def _unit(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32) / np.float32(np.linalg.norm(numbers))


VECTORS = np.stack([_unit(1, 0, 0), _unit(0, 1, 0), _unit(0.6, 0, 0.8)]).astype(np.float16)
OWN = np.stack([_unit(0, 0, 1)] * 5)


def held(vectors: np.ndarray | None = VECTORS) -> Held:
    return Held(PASSAGES, {"kjv": OWN}, said=(SAID, vectors))


def test_what_nobody_says_is_found_by_what_is_said_about_it() -> None:
    found = search(held(), Query(text="the prodigal", vector=_unit(1, 0, 0.1), limit=3))
    assert {each.row for each in found} == {0, 1, 2}
    assert all(each.signals["remarks"] == pytest.approx(0.995, abs=0.01) for each in found)


def test_without_vectors_its_words_are_left() -> None:
    found = search(held(None), Query(text="the wickedness of a certain man", limit=5))
    plain = search(Held(PASSAGES), Query(text="the wickedness of a certain man", limit=5))
    lent = {each.row: each.score for each in found}
    before = {each.row: each.score for each in plain}
    assert lent[0] - before[0] > lent[3] - before[3]


def test_a_passage_that_nobody_speaks_of_is_lent_nothing() -> None:
    remarks = Remarks(SAID, VECTORS, str.split, len(PASSAGES))
    one = remarks.meaning(_unit(1, 0, 0)[None])[0]
    assert one is not None
    cosines, standard = one
    assert np.isnan(cosines[4])
    assert standard[4] == 0
    assert cosines[:3] == pytest.approx(1, abs=0.001)  # of the nearest sentence
    assert remarks.words({"nothing": 1.0})[4] == 0


def test_several_queries_are_answered_as_each_alone() -> None:
    remarks = Remarks(SAID, VECTORS, str.split, len(PASSAGES))
    queries = np.stack([_unit(1, 0, 0), _unit(0, 1, 1), _unit(1, 1, 1)])
    for query, together in zip(queries, remarks.meaning(queries), strict=True):
        alone = remarks.meaning(query[None])[0]
        assert together is not None
        assert alone is not None
        np.testing.assert_allclose(together[1], alone[1], atol=1e-6)


def test_a_comment_lends_most_to_the_passage_that_says_it_best_itself() -> None:
    remarks = Remarks(SAID, VECTORS, str.split, len(PASSAGES))
    assert list(remarks.shares(np.array([1, 3, 2, 0, 9], np.float32))) == [0.5, 1, 0.5, 1, 0.5]


def test_of_two_comments_on_a_passage_the_nearer_counts() -> None:
    both = [*SAID, Said("An account is asked of each.", (2, 3))]
    remarks = Remarks(both, np.vstack([VECTORS, _unit(0, 1, 0)]), str.split, len(PASSAGES))
    one = remarks.meaning(_unit(0, 1, 0)[None])[0]
    assert one is not None
    assert one[0][2] == pytest.approx(1, abs=0.001)
    assert one[0][0] == pytest.approx(0, abs=0.001)


def test_a_remark_is_cut_into_sentences_and_a_passage_is_not() -> None:
    document = Document(
        id="mhcc.LUK.15",
        media=Media.PASSAGES,
        passages=(
            Given(id="1", texts={"mhcc": "He was lost. He is found."}, about=("42015024",)),
            Given(id="2", texts={"kjv": "He was lost. He is found."}),
        ),
    )
    cut = of_given(document)
    assert [(each.id, *each.texts.values(), each.about) for each in cut] == [
        ("1#mhcc.0", "He was lost.", ("42015024",)),
        ("1#mhcc.1", "He is found.", ("42015024",)),
        ("2", "He was lost. He is found.", ()),
    ]
    assert [each.ordinal for each in cut] == [0, 1, 2]
