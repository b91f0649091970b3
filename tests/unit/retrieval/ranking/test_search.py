"""Ranking over a few passages, where everybody sees what is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.model.ranking.dense import Dense
from rackhouse.services.retrieval.model.ranking.held import Held
from rackhouse.services.retrieval.model.ranking.mix import share_of_words
from rackhouse.services.retrieval.model.ranking.neighbours import Beside
from rackhouse.services.retrieval.model.ranking.packed import Bits, Packed
from rackhouse.services.retrieval.model.ranking.search import Query, search, strange, understood
from rackhouse.services.retrieval.model.ranking.top import top

TEXTS = {
    "1CO.13": [
        ("charity suffereth long, and is kind", "love suffereth long, and is kind"),
        ("charity never faileth", "love never faileth"),
        ("now abideth faith, hope, charity", "now abideth faith, hope, love"),
    ],
    "JON.1": [
        ("the LORD had prepared a great fish", "Jehovah prepared a great fish"),
        ("Jonah was in the belly of the fish", "Jonah was in the belly of the fish"),
        ("and the fish vomited out Jonah", "and it vomited out Jonah"),
    ],
    "PSA.23": [
        ("The LORD is my shepherd", "Jehovah is my shepherd"),
        ("He maketh me to lie down in green pastures", "He maketh me to lie down"),
    ],
}
PASSAGES = [
    Passage(
        id=f"{document}.{row}", document=document, ordinal=row, texts={"kjv": one, "asv": other}
    )
    for document, texts in TEXTS.items()
    for row, (one, other) in enumerate(texts)
]
HELD = Held(PASSAGES)


def found(text: str, **more: object) -> list[str]:
    query = Query(text=understood(HELD, text), **more)  # type: ignore[arg-type]
    return [PASSAGES[each.row].id for each in search(HELD, query)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("shepherd", "PSA.23.0"),
        ("Bible verses about a shephard", "PSA.23.0"),
        ("lying in green pastures", "PSA.23.1"),
        ("the belly of the fish", "JON.1.1"),
        ("love never fails", "1CO.13.1"),
    ],
)
def test_what_is_plainly_meant_is_first(asked: str, first: str) -> None:
    assert found(asked)[0] == first


def test_a_hit_says_which_words_it_has_and_by_which_signals() -> None:
    hit = search(HELD, Query(text="charity never faileth"))[0]
    assert PASSAGES[hit.row].id == "1CO.13.1"
    assert hit.terms == ("charity", "never", "faileth")
    assert set(hit.signals) == {"words"}
    assert 0 < hit.signals["words"] <= 1.5


def test_what_was_looked_up_is_first_and_what_is_not_allowed_nowhere() -> None:
    allowed = np.array([each.document != "JON.1" for each in PASSAGES])
    rows = found("fish", allowed=allowed, looked_up=[7])
    assert rows[0] == "PSA.23.1"
    assert not [each for each in rows if each.startswith("JON")]


@given(st.text(max_size=80), st.integers(0, 12))
def test_any_query_is_answered_and_in_order(text: str, limit: int) -> None:
    hits = search(HELD, Query(text=understood(HELD, text), limit=limit))
    assert len(hits) == min(limit, len(PASSAGES))
    assert [each.score for each in hits] == sorted((each.score for each in hits), reverse=True)
    assert len({each.row for each in hits}) == len(hits)


def test_an_empty_collection_has_nothing() -> None:
    assert search(Held([]), Query(text="fish")) == []


def unit(rows: Sequence[Sequence[float]]) -> NDArray[np.float32]:
    made = np.array(rows, np.float32)
    found: NDArray[np.float32] = made / np.maximum(np.linalg.norm(made, axis=1)[:, None], 1e-9)
    return found


def cosines(
    renderings: Sequence[NDArray[np.float32]], documents: Sequence[int], query: Sequence[float]
) -> list[float]:
    held = {str(number): each for number, each in enumerate(renderings)}
    dense = Dense(held, np.array(documents, np.int32))
    found: list[float] = dense.scores(np.array([query], np.float32))[0].tolist()
    return found


def test_the_nearest_rendering_counts_and_no_vector_is_no_likeness() -> None:
    one, other = unit([[1, 0], [0, 1], [0, 0]]), unit([[0, 1], [0, 1], [0, 0]])
    assert cosines([one, other], range(3), [1, 0]) == pytest.approx([1, 0, 0], abs=5e-3)


def test_a_rendering_that_says_the_same_again_changes_nothing() -> None:
    one, other = unit([[1, 0], [0, 1], [0, 1]]), unit([[0, 1], [0, 1], [1, 1]])
    twice = cosines([one, other, one, other], range(3), [1, 0])
    assert twice == cosines([one, other], range(3), [1, 0])


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 9))
def test_exact_search_finds_what_a_comparison_of_all_finds(
    seed: int, renderings: int, queries: int
) -> None:
    draw = np.random.default_rng(seed)
    common = draw.normal(size=(40, 8))
    vectors = [unit((common + draw.normal(size=(40, 8)) / 2).tolist()) for _ in range(renderings)]
    asked = unit(draw.normal(size=(queries, 8)).tolist())
    held = {str(number): each for number, each in enumerate(vectors)}
    scores = Dense(held, np.arange(40, dtype=np.int32)).scores(asked)
    mean = unit(np.sum(vectors, axis=0).tolist())
    plain = np.max([each @ asked.T for each in (mean, *vectors)], axis=0).T
    # What one rendering has beyond the mean of all is held in 8 bits.
    np.testing.assert_allclose(scores, plain, atol=1e-4 if renderings == 1 else 1e-2)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(0, 3_000))
def test_the_best_of_many_are_the_best_of_all_in_order(seed: int, most: int, many: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 500, many).astype(np.float32)
    found = top(scores, most)
    assert len({*found.tolist()}) == found.size
    assert sorted(scores[found].tolist()) == sorted(scores.tolist())[-most:]


@pytest.mark.parametrize(("bits", "wrong"), [(16, 1e-4), (8, 2e-2)])
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 1_100))
def test_fewer_bits_are_nearly_as_good(bits: Bits, wrong: float, seed: int, size: int) -> None:
    draw = np.random.default_rng(seed)
    vectors = unit(draw.normal(size=(size, 24)).tolist())
    vectors[0] = 0
    asked = unit(draw.normal(size=(3, 24)).tolist())
    packed = Packed.of(vectors, bits)
    np.testing.assert_allclose(packed.times(asked), asked @ vectors.T, atol=wrong)
    rows = np.arange(0, size, 2)
    np.testing.assert_allclose(packed.some(rows, asked[0]), vectors[rows] @ asked[0], atol=wrong)


def test_what_a_passage_says_with_the_next_one_counts_as_its_own() -> None:
    halves = unit([[1, 0], [0, 1], [-1, 0], [0, -1]])
    whole = unit([[1, 1]])[0].tolist()
    together = cosines([halves], [0, 0, 1, 2], whole)
    apart = cosines([halves], range(4), whole)
    assert together[0] > apart[0]
    assert together[2:] == apart[2:]


def test_meaning_decides_where_words_do_not() -> None:
    vectors = np.zeros((len(PASSAGES), 2), np.float32)
    vectors[:, 1], vectors[4] = 1, [1, 0]
    held = Held(PASSAGES, {"kjv": vectors, "asv": vectors})
    hit = search(held, Query(text="swallowed", vector=np.array([1, 0], np.float32)))[0]
    assert (hit.row, hit.signals["meaning"]) == (4, 1.0)


@given(st.floats(0, 2), st.floats(0, 2))
def test_words_count_the_more_the_more_of_the_query_they_cover(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert 0 <= share_of_words(less) <= share_of_words(more) <= 0.4


def test_neighbours_lend_within_a_document_alone() -> None:
    documents = np.array([0, 0, 0, 0, 0, 1], np.int32)
    lent = Beside(documents, (0.1, 0.1, 0.1))
    scores = lent.added(np.array([0, 10, 0, 0, 0, 0], np.float32))
    np.testing.assert_allclose(scores, [1, 10, 1, 1, 1, 0], atol=1e-5)


KNOWN = ["shepherd", "fish", "belly"]
NEAR = Held(PASSAGES, near=(KNOWN, np.eye(3, dtype=np.float16)))


def test_a_word_that_nobody_says_is_taken_for_those_that_mean_the_same() -> None:
    text = understood(NEAR, "a herdsman of the flock")
    assert strange(NEAR, text) == ("herdsman", "flock")
    meant = {"herdsman": np.array([0.9, 0.1, 0], np.float32)}
    hit = search(NEAR, Query(text=text, strange=meant))[0]
    assert (PASSAGES[hit.row].id, hit.terms) == ("PSA.23.0", ("herdsman",))


def test_a_word_that_is_far_from_all_means_none_of_them() -> None:
    far = {"quark": np.array([0.5, 0.5, 0.5], np.float32)}
    assert not any(each.terms for each in search(NEAR, Query(text="quark", strange=far)))


def test_words_are_strange_only_where_others_may_be_meant() -> None:
    assert strange(HELD, "herdsman") == ()
    assert strange(NEAR, "The fish is 12 xy, and vomited") == ()


def test_nobody_is_told_of_a_word_of_another_persons_documents() -> None:
    own = Passage(
        id="x", document="x", ordinal=0, texts={"own": "zebedaios zebedaios"}, owner="ann"
    )
    held = Held([*PASSAGES, own])
    assert understood(held, "zebedaois") == "zebedaois"
