"""A real PostgreSQL with collections that count as large, and what searches in them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.nearness import Index, Space
from rackhouse.services.retrieval.service.asked import Asked, Found
from rackhouse.services.retrieval.service.large.far import Far
from rackhouse.services.retrieval.service.large.keeper import Keeper, Limits, Place
from rackhouse.services.retrieval.service.memory import OwnResolvers
from rackhouse.services.retrieval.service.seams import Vector
from rackhouse.services.retrieval.service.search import Minds, Search
from rackhouse.services.retrieval.service.shelf import Shelf
from rackhouse.services.retrieval.store import collections, indexes
from rackhouse.services.retrieval.store.database import Tenancy
from retrieval.crowd import MODEL, Crowd, written

TENANT = "study"
LARGE = 1_000


@dataclass
class Told:
    """A gateway whose vectors are told before."""

    vectors: dict[str, Vector] = field(default_factory=dict)

    async def embed(self, model: str, texts: Sequence[str], seconds: float) -> list[Vector]:
        return [self.vectors[each] for each in texts]

    async def rerank(self, *_: Any) -> list[float]:
        raise AssertionError("nobody asks for it here")


@dataclass
class Room:
    """What the tests ask of it."""

    tenancy: Tenancy
    url: str
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        self.far = Far(self.tenancy)

    def keeper(self, tenants: Sequence[str] = (TENANT,), **limits: Any) -> Keeper:
        """A process' own."""
        said = Limits(**{"large": LARGE, **limits})
        return Keeper(Place(self.tenancy, self.url), lambda: tenants, self.far.asked, said)

    def search(self, large: int = LARGE) -> Search:
        """Of a process that holds what is not large."""
        minds = Minds(models=self.told, resolvers=OwnResolvers())
        return Search(Shelf(self.tenancy, large=large), minds, self.far)

    async def put(self, crowd: Crowd, name: str = "c", start: int = 0, owner: str = TENANT) -> None:
        """Those passages of it, from `start` on."""

        async def work(connection: Connection) -> None:
            if not start:
                more: dict[str, Any] = {"resolver": None, "language": None, "codes": None}
                await collections.put(connection, owner, name, model=MODEL, usual=MODEL, **more)
            await written(connection, owner, name, crowd, start)

        await self.tenancy.within(owner, work, patience=300)

    async def index(self, name: str = "c") -> Index | None:
        return await self.tenancy.within(TENANT, partial(indexes.find, collection=name))

    async def valid(self, space: Space) -> bool:
        return await self.tenancy.within(TENANT, partial(indexes.valid, space=space))

    async def collection(self, name: str = "c") -> Collection:
        found = await self.tenancy.within(TENANT, partial(collections.find, name=name))
        assert found is not None
        return found

    async def found(self, search: Search, vector: Vector, text: str = "", **more: Any) -> Found:
        """For a query of that vector, whose words stand nowhere where none are said."""
        text = text or f"q{int.from_bytes(vector[:1].tobytes())}"
        self.told.vectors[text] = vector
        return await search.find(Asked(tenant=TENANT, collections=("c",), query=text, **more))

    async def rows(self, search: Search, vector: Vector, **more: Any) -> list[int]:
        """The same, by their rows."""
        return [int(hit.passage.id) for hit in (await self.found(search, vector, **more)).hits]

    async def until(self, true: Any) -> None:
        """As soon as it is."""
        async with asyncio.timeout(120):
            while not await true():
                await asyncio.sleep(0.02)


@pytest.fixture
def room(tenancy: Tenancy, url: str) -> Room:
    return Room(tenancy, url)
