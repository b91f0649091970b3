"""The whole ranking with the gateway's own vectors: each figure keeps its floor, and the public
topics reach what the trial reached with another translation.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from retrieval import corpus, floors, held
from retrieval.held import Texts

from .conftest import worth

# The vectors of a translation take minutes where they are not kept yet.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("retrieval-meaning"),
    pytest.mark.timeout(2400),
]

TEXTS = {name: tuple(name.split()) for name in ("kjv asv", "kjv asv web", "kjv asv web mhcc")}
NDCG, RECALL = 0.437, 0.562  # the best of the trial, on the topics


@pytest.fixture(scope="module", params=[*TEXTS])
def name(request: pytest.FixtureRequest) -> str:
    one: str = request.param
    return one


@pytest.fixture(scope="module")
def texts(name: str) -> Iterator[Texts]:
    try:
        yield held.texts(TEXTS[name])
    except corpus.NotInstalled as error:
        pytest.skip(str(error))


def test_what_is_found_is_not_less_than_it_was(texts: Texts, name: str, asked: str) -> None:
    found = worth(texts, asked)
    assert not floors.lower(found, name, asked)
    if asked == "topics":
        assert found.every.ndcg >= NDCG
        assert found.every.recall >= RECALL
