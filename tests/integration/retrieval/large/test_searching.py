"""A collection whose vectors stay in PostgreSQL finds what one finds whose vectors are held."""

from __future__ import annotations

import numpy as np
import pytest

from rackhouse.services.retrieval.model.nearness import Standing
from retrieval.crowd import Crowd

from .conftest import Room

CROWD = Crowd(3_000)
QUERIES = CROWD.queries(12)


def _shared(one: list[list[int]], other: list[list[int]]) -> float:
    pairs = zip(one, other, strict=True)
    return float(np.mean([len({*a} & {*b}) / max(len(a), 1) for a, b in pairs]))


@pytest.mark.parametrize("indexed", [False, True])
async def test_it_answers_as_one_that_is_held(room: Room, indexed: bool) -> None:
    await room.put(CROWD)
    if indexed:
        await room.keeper().look()
        index = await room.index()
        assert index is not None
        assert index.state is Standing.SERVING
    held, far = room.search(large=10**6), room.search()
    for more, least in (({}, 0.97), ({"hundredth": 7}, 0.97), ({"tenth": [1, 2, 3]}, 0.9)):
        exact = [await room.rows(held, each, conditions=more) for each in QUERIES]
        found = [await room.rows(far, each, conditions=more) for each in QUERIES]
        assert _shared(exact, found) >= least
        assert all(len(each) == 10 for each in found)
    only = await room.rows(far, QUERIES[0], conditions={"hundredth": 7})
    assert {row % 100 for row in only} == {7}


async def test_its_signals_are_those_of_exact_search(room: Room) -> None:
    await room.put(CROWD)
    await room.keeper().look()
    held, far = room.search(large=10**6), room.search()
    for vector in QUERIES[:10]:
        exact = {it.passage.id: it for it in (await room.found(held, vector, limit=5)).hits}
        for hit in (await room.found(far, vector, limit=5)).hits:
            if same := exact.get(hit.passage.id):
                assert hit.signals["meaning"] == pytest.approx(same.signals["meaning"], abs=2e-3)
                assert hit.score == pytest.approx(same.score, abs=0.4)


async def test_words_find_what_lies_far_from_the_query(room: Room) -> None:
    await room.put(CROWD)
    await room.keeper().look()
    found = await room.found(room.search(), QUERIES[0], text="own1234")
    assert "1234" in [hit.passage.id for hit in found.hits]
    own = next(hit for hit in found.hits if hit.passage.id == "1234")
    assert own.terms == ("own1234",)
    assert "meaning" in own.signals


async def test_while_postgresql_is_away_words_answer_and_it_is_said(room: Room, server) -> None:  # type: ignore[no-untyped-def]
    await room.put(CROWD)
    search = room.search()
    before = await room.found(search, QUERIES[0], text="own1234")
    assert not before.degraded
    server.kill()
    try:
        found = await room.found(search, QUERIES[0], text="own1234")
    finally:
        server.start()
    assert found.hits[0].passage.id == "1234"
    assert "searched by words alone" in found.degraded[0]
