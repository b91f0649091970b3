"""Gives a vector to every text of a collection that lacks one, a batch at a time: while one is
embedded, the one before it is kept and the one after it is looked for.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Claim, Collection
from rackhouse.services.retrieval.model.ranking.near import telling
from rackhouse.services.retrieval.service.ahead import ahead
from rackhouse.services.retrieval.service.embedding import Embedding
from rackhouse.services.retrieval.service.seams import Models, Vector
from rackhouse.services.retrieval.service.work import Work
from rackhouse.services.retrieval.store import collections, jobs, vectors, words
from rackhouse.services.retrieval.store.database import LONG, Tenancy
from rackhouse.services.retrieval.store.jobs import Lost

_Texts = list[tuple[bytes, str]]  # each with its hash


@dataclass(frozen=True, slots=True)
class Filling:
    """`batch` texts at once: their vectors and the job's progress are one transaction."""

    tenancy: Tenancy
    models: Models
    batch: int
    backoff: tuple[float, ...]
    done: Work

    async def fill(self, claim: Claim) -> None:
        """Until every text has a vector: of the model that answers, then of one that is wanted."""
        while True:
            collection = await self._collection(claim)
            for model in filter(None, (collection.model, collection.wanted)):
                await self._with(claim, model)
                await self._words(claim, model)
            done = partial(_settled, claim=claim, was=collection)
            if await self.tenancy.within(claim.tenant, done, patience=LONG):
                return

    async def _with(self, claim: Claim, model: str) -> None:
        """The texts themselves, and which words are theirs."""
        within = self.tenancy.within
        await within(claim.tenant, partial(_count, claim=claim, model=model))
        embedding = self._embedding(claim, model)

        async def made(some: _Texts) -> list[Vector]:
            return await embedding.of([text for _, text in some])

        began = time.monotonic()
        async with aclosing(ahead(self._texts(claim, model), made)) as batches:
            async for some, found in batches:
                pairs = [(digest, each) for (digest, _), each in zip(some, found, strict=True)]
                new = {word for _, text in some for word in telling(text)}
                work = partial(_put, claim=claim, model=model, found=pairs, new=new)
                await within(claim.tenant, work)
                now = time.monotonic()
                self.done.embed(len(some), now - began)
                began = now

    async def _texts(self, claim: Claim, model: str) -> AsyncIterator[_Texts]:
        """Batches of those that have no vector, in the order of their hashes."""
        lacking = partial(
            vectors.lacking, collection=claim.collection, model=model, count=self.batch
        )
        after = b""
        while some := await self.tenancy.within(
            claim.tenant, partial(lacking, after=after), patience=LONG
        ):
            yield some
            after = some[-1][0]

    async def _words(self, claim: Claim, model: str) -> None:
        """Those of the texts, which words of queries are compared with."""
        embedding = self._embedding(claim, model)
        async with aclosing(ahead(self._unknown(claim, model), embedding.of)) as batches:
            async for some, found in batches:
                pairs = [*zip(some, found, strict=True)]
                work = partial(_put_words, claim=claim, model=model, found=pairs)
                await self.tenancy.within(claim.tenant, work)

    async def _unknown(self, claim: Claim, model: str) -> AsyncIterator[list[str]]:
        """Batches of words that have no vector, in their order."""
        lacking = partial(
            words.lacking, collection=claim.collection, model=model, count=2 * self.batch
        )
        after = ""
        while some := await self.tenancy.within(claim.tenant, partial(lacking, after=after)):
            yield some
            after = some[-1]

    def _embedding(self, claim: Claim, model: str) -> Embedding:
        return Embedding(self.models, model, partial(self._waits, claim=claim), self.backoff)

    async def _waits(self, why: str, claim: Claim) -> None:
        """Say so, for whoever looks at the job."""
        said = f"it waits for the gateway: {why}"[:500]
        work = partial(jobs.renew, claim=claim, seconds=30.0, said=said)
        await self.tenancy.within(claim.tenant, work)

    async def _collection(self, claim: Claim) -> Collection:
        found = await self.tenancy.within(
            claim.tenant, partial(collections.find, name=claim.collection)
        )
        if found is None:
            raise Lost
        return found


async def _count(connection: Connection, claim: Claim, model: str) -> None:
    lacked = await vectors.lacked(connection, claim.collection, model)
    await jobs.tell(connection, claim, lacking=lacked)


async def _put(
    connection: Connection,
    claim: Claim,
    model: str,
    found: list[tuple[bytes, Vector]],
    new: set[str],
) -> None:
    """Vectors, the words of their texts and progress, or none of it."""
    await jobs.tell(connection, claim, embedded=len(found))
    await vectors.put(connection, claim.collection, model, found)
    await words.add(connection, claim.collection, model, new)
    await collections.grow(connection, claim.collection)


async def _put_words(
    connection: Connection, claim: Claim, model: str, found: list[tuple[str, Vector]]
) -> None:
    await jobs.renew(connection, claim, 30.0)
    await words.put(connection, claim.collection, model, found)
    await collections.grow(connection, claim.collection)


async def _settled(connection: Connection, claim: Claim, was: Collection) -> bool:
    """Whether nothing is left to do; a model that was wanted answers from now on."""
    now = await collections.find(connection, claim.collection)
    if now is None:
        raise Lost
    if (now.model, now.wanted) != (was.model, was.wanted):
        return False
    for model in filter(None, (now.model, now.wanted)):
        if await vectors.lacked(connection, claim.collection, model):
            return False
    if now.wanted:
        await vectors.switch(connection, claim.collection, now.wanted)
    await vectors.drop(connection, claim.collection)
    await words.drop(connection, claim.collection)
    return True
