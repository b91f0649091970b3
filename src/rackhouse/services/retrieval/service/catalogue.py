"""Collections, documents and jobs, for whoever fills them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Collection as Names
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

import msgspec

from rackhouse.kit.postgres.database import Connection
from rackhouse.kit.web.problem import Away, BadRequest, NotFound
from rackhouse.services.retrieval.model.collection import Collection, Job
from rackhouse.services.retrieval.model.documents import Document
from rackhouse.services.retrieval.model.nearness import Index
from rackhouse.services.retrieval.service.ingest import Ingest
from rackhouse.services.retrieval.service.shelf import Shelf
from rackhouse.services.retrieval.store import collections, documents, indexes, jobs, vectors
from rackhouse.services.retrieval.store.database import LONG, Tenancy
from rackhouse.services.retrieval.store.documents import Kept

_LOOK: Final = 0.25  # seconds between two looks at a job that is followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a collection is to be. None leaves it as it is."""

    model: str | None = None
    resolver: str | None = None
    language: str | None = None
    codes: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What this service was told: the `model` of a collection that names none, and the names of
    `resolvers` as they are now.
    """

    model: str
    resolvers: Callable[[], Names[str]] = tuple


class Catalogue:
    """Of every tenant. All raise Away."""

    def __init__(self, tenancy: Tenancy, shelf: Shelf, ingest: Ingest, told: Told) -> None:
        self._tenancy = tenancy
        self._shelf = shelf
        self._ingest = ingest
        self._told = told

    async def put(self, tenant: str, name: str, wish: Wish) -> tuple[Collection, UUID | None]:
        """As it is now, and the job that fills what it lacks. BadRequest."""
        resolvers = self._told.resolvers() if wish.resolver else ()
        if wish.resolver and wish.resolver not in resolvers:
            known = ", ".join(sorted(resolvers)) or "none, for no application says `resolver`"
            raise BadRequest(
                f"this service knows no resolver {wish.resolver[:40]!r}",
                fix=f"leave it out, or name one of those that it knows: {known}",
                param="resolver",
            )
        job = uuid4()

        async def work(connection: Connection) -> tuple[Collection, UUID | None]:
            made = await collections.put(
                connection,
                tenant,
                name,
                model=wish.model,
                resolver=wish.resolver,
                language=wish.language,
                codes=wish.codes,
                usual=self._told.model,
            )
            lacks = await vectors.lacked(connection, name, made.model) if made.model else 0
            if lacks or made.wanted:
                await jobs.add(connection, tenant, job, name)
            (counted,) = await collections.counted(connection, name)
            return counted, job if lacks or made.wanted else None

        found = await self._tenancy.within(tenant, work, patience=LONG)
        self._ingest.wake()
        return found

    async def every(self, tenant: str) -> Sequence[Collection]:
        """All, counted."""
        return await self._tenancy.within(tenant, collections.counted, patience=LONG)

    async def find(self, tenant: str, name: str) -> tuple[Collection, Sequence[Job], Index | None]:
        """That one, counted; its jobs that have not ended; and its index, if it is large.
        NotFound.
        """

        async def work(
            connection: Connection,
        ) -> tuple[Collection, Sequence[Job], Index | None]:
            found = await collections.counted(connection, name)
            if not found:
                raise _no_collection(name)
            index = await indexes.find(connection, name)
            return found[0], await jobs.open_of(connection, name), index

        return await self._tenancy.within(tenant, work, patience=LONG)

    async def remove(self, tenant: str, name: str) -> None:
        """With all that is in it. NotFound."""

        async def work(connection: Connection) -> None:
            if not await collections.remove(connection, name):
                raise _no_collection(name)

        await self._tenancy.within(tenant, work, patience=LONG)
        await self._shelf.changed(tenant, name)

    async def post(self, tenant: str, name: str, sent: Sequence[Document]) -> UUID:
        """The job that reads them. NotFound."""
        job = uuid4()
        bodies = [(each.id, msgspec.json.encode(each)) for each in sent]

        async def work(connection: Connection) -> None:
            if await collections.find(connection, name) is None:
                raise _no_collection(name)
            await jobs.add(connection, tenant, job, name, bodies)

        await self._tenancy.within(tenant, work, patience=LONG)
        self._ingest.wake()
        return job

    async def document(self, tenant: str, name: str, id: str, owner: str) -> Kept:
        """With its passages, if it is everybody's or that person's. NotFound."""

        async def work(connection: Connection) -> Kept | None:
            return await documents.find(connection, name, id)

        found = await self._tenancy.within(tenant, work, owner=owner)
        if found is None:
            raise _no_document(name, id)
        return found

    async def remove_document(self, tenant: str, name: str, id: str, owner: str) -> None:
        """It is not found from now on. NotFound."""

        async def work(connection: Connection) -> bool:
            return await documents.remove(connection, name, id)

        if not await self._tenancy.within(tenant, work, owner=owner):
            raise _no_document(name, id)
        self._shelf.forget(tenant, name, id)

    async def job(self, tenant: str, id: UUID) -> Job:
        """How it stands. NotFound."""

        async def work(connection: Connection) -> Job | None:
            return await jobs.find(connection, id)

        found = await self._tenancy.within(tenant, work)
        if found is None:
            raise NotFound(
                "there is no such job", fix="they are kept for 30 days after their end", param="id"
            )
        return found

    async def follow(self, tenant: str, id: UUID, after: int) -> AsyncIterator[Job | None]:
        """It whenever it changed, from what came after that event on, until its end. None where
        nothing is known just now.
        """
        while True:
            try:
                job = await self.job(tenant, id)
            except NotFound:
                return
            except Away:
                yield None
                await asyncio.sleep(4 * _LOOK)
                continue
            if job.event > after or job.ended:
                after = job.event
                yield job
            if job.ended:
                return
            await asyncio.sleep(_LOOK)


def _no_collection(name: str) -> NotFound:
    return NotFound(
        f"there is no collection {name!r}",
        fix=f"PUT /v1/collections/{name} makes it",
        param="name",
    )


def _no_document(name: str, id: str) -> NotFound:
    return NotFound(
        f"there is no document {id[:80]!r} in {name}",
        fix="where it is a person's, name them with ?owner=",
        param="id",
    )
