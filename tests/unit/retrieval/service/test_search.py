"""Search over a shelf that holds one collection, with twins of whom it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rackhouse.services.retrieval.model.asking import Reference
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.service import shelf as shelves
from rackhouse.services.retrieval.service.asked import Asked, Found
from rackhouse.services.retrieval.service.memory import OwnModels, OwnResolvers
from rackhouse.services.retrieval.service.search import Minds, Search
from rackhouse.services.retrieval.service.shelf import Copy, Shelf
from rackhouse.services.retrieval.store.loading import Loaded

TEXTS = {
    "1": "In the beginning was the word",
    "2": "grace and truth came",
    "3": "the law was given by the hand of a servant",
    "4": "grace for grace of his fulness",
}
ABOUT = Collection(
    name="c",
    model="m",
    wanted=None,
    resolver="numbers",
    language="en",
    codes=[],
    version=1,
)


class Held(Shelf):
    """One copy, and no PostgreSQL."""

    def __init__(self, held: Copy) -> None:
        self.held = held

    async def copy(self, tenant: str, name: str) -> Copy:
        return self.held


async def _copy(owners: Mapping[str, str], dimension: int = 64) -> Copy:
    passages = [
        Passage(id=id, document="d", ordinal=at, texts={"own": text}, owner=owners.get(id))
        for at, (id, text) in enumerate(TEXTS.items())
    ]
    vectors = np.array(await OwnModels().embed("m", [*TEXTS.values()], 1), np.float16)
    loaded = Loaded(ABOUT, passages, {"own": vectors[:, :dimension]}, None, {"d": "T"}, 4, 4)
    return shelves._copy(loaded)


class Room:
    def __init__(self) -> None:
        self.models, self.resolvers = OwnModels(), OwnResolvers()
        self.open: list[Search] = []

    async def find(self, query: str, **more: Any) -> Found:
        held = await _copy(more.pop("owners", {}), more.pop("dimension", 64))
        minds = Minds(
            models=more.pop("models", self.models),
            resolvers=self.resolvers,
            reranker=more.pop("reranker", ""),
        )
        if not self.open:
            self.open.append(Search(Held(held), minds))
        return await self.open[0].find(Asked(tenant="t", collections=("c",), query=query, **more))


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    for each in room.open:
        each.close()


def ids(found: Found) -> list[str]:
    return [hit.passage.id for hit in found.hits]


def says(text: str, *ranges: tuple[int, int]) -> dict[str, tuple[Reference, ...]]:
    return {text: (Reference(text=text, reference=text, ranges=ranges),)}


async def test_words_and_meaning_find_and_say_why(room: Room) -> None:
    found = await room.find("grace and truth", limit=2)
    assert ids(found)[0] == "2"
    assert {"words", "meaning"} <= set(found.hits[0].signals)
    assert found.hits[0].title == "T"
    assert "grace" in found.hits[0].terms
    assert found.degraded == []


async def test_a_query_is_embedded_once(room: Room) -> None:
    for _ in range(3):
        await room.find("grace and truth")
    assert room.models.asked.count("grace and truth") == 1
    await room.find("x" * 50_000)
    assert max(map(len, room.models.asked)) == 2_000


async def test_what_was_looked_up_comes_first_reranked_or_not(room: Room) -> None:
    room.resolvers.known = says("grace and truth", (3, 3), (1, 1))
    found = await room.find("grace and truth", rerank=True, reranker="r")
    assert ids(found)[:3] == ["3", "1", "2"]
    assert "rerank" in found.hits[2].signals
    assert [each.reference for each in found.references] == ["grace and truth"]


async def test_a_lookup_shows_nobody_what_is_anothers(room: Room) -> None:
    room.resolvers.known = says("one to four", (1, 4))
    mine = await room.find("one to four", owners={"3": "ana"})
    assert sorted(ids(mine)) == ["1", "2", "4"]
    hers = await room.find("one to four", owner="ana")
    assert sorted(ids(hers)) == ["1", "2", "3", "4"]


async def test_who_is_away_is_left_out_and_named(room: Room) -> None:
    room.models.away = room.resolvers.away = True
    found = await room.find("grace", rerank=True, reranker="r")
    assert ids(found)[0] in {"2", "4"}
    assert [each.partition(":")[0] for each in found.degraded] == ["meaning", "lookup", "rerank"]


async def test_vectors_of_another_size_are_not_compared(room: Room) -> None:
    found = await room.find("grace", dimension=32)
    assert ids(found)[0] in {"2", "4"}
    assert any("another size" in each for each in found.degraded)


async def test_without_a_gateway_it_is_said(room: Room) -> None:
    found = await room.find("grace", models=None)
    assert ids(found)[0] in {"2", "4"}
    assert [each.partition(":")[0] for each in found.degraded] == ["meaning"]
    assert replace(found, hits=()).corrected is None
