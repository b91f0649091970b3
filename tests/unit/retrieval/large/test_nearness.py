"""An index is as good as what it finds for the kind of queries that it serves worst."""

from __future__ import annotations

import pytest

from rackhouse.services.retrieval.model.nearness import Index, Space, Standing, lowest, recall

SPACE = Space("t", "c", "m", 3)
TEN = [1 - at / 100 for at in range(10)]


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (TEN, 1.0),
        ([*TEN[:5], 0.1, 0.1, 0.1, 0.1, 0.1], 0.5),
        ([*TEN[:9], TEN[9], TEN[9]], 1.0),
        ([], 0.0),
        (TEN[:4], 0.4),
        ([TEN[9]] * 10, 1.0),  # of texts that are as near any will do
    ],
)
def test_recall_is_the_share_of_the_ten_nearest(found: list[float], share: float) -> None:
    assert recall(TEN, found) == pytest.approx(share)


def test_of_less_than_ten_all_have_to_be_found() -> None:
    assert recall([0.9, 0.8], [0.9]) == 0.5
    assert recall([], []) == 1.0


def test_the_worst_kind_of_queries_counts() -> None:
    assert lowest({"texts": [1.0, 1.0], "words": [0.8, 0.6], "asked": []}) == pytest.approx(0.7)
    with pytest.raises(ValueError, match="empty"):
        lowest({"asked": []})


def test_it_is_outgrown_where_there_are_many_more_or_many_less() -> None:
    index = Index(space=SPACE, state=Standing.SERVING, vectors=1_000)
    assert not index.outgrown(1_150)
    assert index.outgrown(1_300)
    assert index.outgrown(700)
    assert Index(space=SPACE).outgrown(1)


def test_each_space_has_an_index_of_its_own() -> None:
    others = (Space("tc", "", "m", 3), Space("t", "c", "n", 3), Space("t", "c", "m", 4))
    names = {each.index for each in (SPACE, *others)}
    assert len(names) == 4
    assert all(len(each) < 63 for each in names)  # PostgreSQL cuts longer ones
