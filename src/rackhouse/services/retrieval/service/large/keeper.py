"""Keeps an index of nearness for each large collection: built beside all else, compared before it
answers, compared again when the collection has grown, and dropped with it. Whatever dies meanwhile,
the next look goes on: what PostgreSQL says of an index is all that is relied on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import psycopg

from rackhouse.kit.beside import beside
from rackhouse.kit.postgres.database import Connection
from rackhouse.kit.web.problem import Away
from rackhouse.services.retrieval.model.collection import Collection
from rackhouse.services.retrieval.model.nearness import LARGE, Index, Space, Standing
from rackhouse.services.retrieval.service.large.gate import Asking, compared
from rackhouse.services.retrieval.service.seams import Vector
from rackhouse.services.retrieval.store import building, collections, indexes, jobs, nearest
from rackhouse.services.retrieval.store.database import LONG, Tenancy

_log = logging.getLogger(__name__)
_EVERY: Final = 2.0  # seconds between two looks
_LONGEST: Final = 600.0  # seconds between two tries of what fails

Asked = Callable[[Space], Sequence[Vector]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A collection of more than `large` passages has an index, which answers if it finds enough."""

    large: int = LARGE
    asking: Asking = field(default_factory=Asking)


@dataclass(frozen=True, slots=True)
class Place:
    """Where they are: by transactions of tenants, and by the address of the database, where an
    index is built outside of any.
    """

    tenancy: Tenancy
    url: str


class Keeper:
    """Those of `tenants`. `asked` answers what was searched for of late, which an index is tried
    with.
    """

    def __init__(
        self,
        place: Place,
        tenants: Callable[[], Sequence[str]],
        asked: Asked,
        limits: Limits | None = None,
    ) -> None:
        self._tenancy = place.tenancy
        self._url = place.url
        self._tenants = tenants
        self._asked = asked
        self._limits = limits or Limits()
        self._settled: dict[tuple[str, str], int] = {}  # the version at which nothing was to do
        self.standing: tuple[Index, ...] = ()  # as it was looked at last

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It looks after them as long as it is open."""
        async with beside(self._watch()):
            yield

    async def _watch(self) -> None:
        pause = _EVERY
        while True:
            try:
                await self.look()
                pause = _EVERY
            except Away:
                pause = _EVERY
            except Exception as error:  # noqa: BLE001 (PostgreSQL's refusals, and faults of ours)
                known = isinstance(error, psycopg.Error)
                _log.warning("an index of nearness waits: %s", error, exc_info=not known)
                pause = min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    async def look(self) -> None:
        """Once at all. Away; psycopg.Error where an index cannot be built, after all others."""
        standing: list[Index] = []
        failed: psycopg.Error | None = None
        for tenant in self._tenants():
            known = await self._tenancy.within(tenant, indexes.every)
            found = await self._tenancy.within(tenant, collections.every)
            by_name = {each.space.collection: each for each in known}
            for each in found:
                try:
                    await self._settle(tenant, each, by_name.pop(each.name, None))
                except psycopg.Error as error:
                    failed = error
            for gone in by_name.values():
                await self._drop(gone)
            standing += await self._tenancy.within(tenant, indexes.every)
        self.standing = tuple(standing)
        if failed is not None:
            raise failed

    async def _settle(self, tenant: str, collection: Collection, index: Index | None) -> None:
        key = (tenant, collection.name)
        if self._settled.get(key) == collection.version:
            return
        if await self._tenancy.within(tenant, partial(jobs.open_of, collection=collection.name)):
            return  # it is being filled
        work = partial(_space, collection=collection, most=self._limits.large)
        found = await self._tenancy.within(tenant, work, patience=LONG)
        space, vectors = found or (None, 0)
        if index is not None and index.space != space:
            await self._drop(index)
            index = None
        if space is None or await self._made(index or Index(space=space), vectors):
            self._settled[key] = collection.version

    async def _made(self, index: Index, vectors: int) -> bool:
        """Whether it stands, for so many vectors; False while another process is at it."""
        space, serving = index.space, index.state is Standing.SERVING
        valid = await self._tenancy.within(space.tenant, partial(indexes.valid, space=space))
        done = serving or index.state is Standing.REFUSED
        if valid and done and not index.outgrown(vectors):
            return True
        async with building.alone(self._url) as connection:
            if connection is None:
                return False
            if not valid:
                await self._put(replace(index, state=Standing.BUILDING))
                await building.clear(connection, space)
                await self._built(connection, space, vectors)
            if not (valid and serving):
                await self._put(replace(index, state=Standing.COMPARING))
            await self._put(await self._compared(space, vectors))
        return True

    async def _built(self, connection: Connection, space: Space, vectors: int) -> None:
        try:
            await building.build(connection, space, vectors)
        except psycopg.Error as error:
            why = str(error).partition("\n")[0]
            said = f"PostgreSQL cannot build it, and compares all vectors: {why}"
            await self._put(Index(space=space, said=said[:500]))
            raise

    async def _compared(self, space: Space, vectors: int) -> Index:
        asking = self._limits.asking
        breadth, recall = await compared(self._tenancy, space, self._asked, asking)
        found = Index(
            space=space,
            state=Standing.SERVING if recall >= asking.least else Standing.REFUSED,
            vectors=vectors,
            recall=round(recall, 4),
            breadth=breadth,
        )
        if found.state is Standing.REFUSED:
            found = replace(
                found,
                said=f"it finds {recall:.3f} of the nearest and {asking.least:g} are asked for:"
                " all vectors are compared, which is exact and slower",
            )
            _log.warning("the index of %s does not answer: %s", space.collection, found.said)
        return found

    async def _drop(self, index: Index) -> None:
        async with building.alone(self._url) as connection:
            if connection is not None:
                await building.clear(connection, index.space)
                work = partial(indexes.remove, collection=index.space.collection)
                await self._tenancy.within(index.space.tenant, work)

    async def _put(self, index: Index) -> None:
        await self._tenancy.within(index.space.tenant, partial(indexes.put, index=index))


async def _space(
    connection: Connection, collection: Collection, most: int
) -> tuple[Space, int] | None:
    """Of its vectors, and how many there are; None where it is not large, or has none."""
    if not await collections.larger(connection, collection.name, most):
        return None
    return await nearest.counted(connection, collection.name, collection.model)
