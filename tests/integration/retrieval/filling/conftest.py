"""Workers over a real PostgreSQL, and a gateway's twin that can be away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from rackhouse.kit.postgres.database import Connection
from rackhouse.services.retrieval.model.collection import Collection, Job
from rackhouse.services.retrieval.model.documents import Document, Given, Media
from rackhouse.services.retrieval.service.ingest import Ingest, Pace
from rackhouse.services.retrieval.service.memory import OwnModels
from rackhouse.services.retrieval.service.steps import Steps
from rackhouse.services.retrieval.store import collections, documents, jobs
from rackhouse.services.retrieval.store.database import Tenancy
from rackhouse.services.retrieval.worker.reader import Reader

TENANT = "study"


def document(id: str, *texts: str, **more: Any) -> Document:
    """One whose passages are given."""
    passages = tuple(Given(id=str(at), texts={"own": text}) for at, text in enumerate(texts))
    return Document(id=id, media=Media.PASSAGES, passages=passages, **more)


@dataclass
class Room:
    """What the tests ask of it."""

    tenancy: Tenancy
    models: OwnModels
    changed: list[tuple[str, str]] = field(default_factory=list)
    batch: int = 2

    def ingest(self, lease: float = 1.0, **more: Any) -> Ingest:
        """A process' workers; `more` as Steps."""

        async def changed(tenant: str, collection: str) -> None:
            self.changed.append((tenant, collection))

        steps = Steps(
            tenancy=self.tenancy,
            models=self.models,
            reader=Reader(),
            changed=changed,
            batch=self.batch,
            backoff=(0.01,),
        )
        return Ingest(replace(steps, **more), lambda: (TENANT,), Pace(lease=lease))

    async def put(self, model: str | None = "m", name: str = "c", *, job: bool = True) -> UUID:
        """A collection, and the job that fills what it lacks."""
        id = uuid4()

        async def work(connection: Connection) -> None:
            await collections.put(
                connection,
                TENANT,
                name,
                model=model,
                resolver=None,
                language=None,
                codes=None,
                usual="m",
            )
            if job:
                await jobs.add(connection, TENANT, id, name)

        await self.tenancy.within(TENANT, work)
        return id

    def texts(self) -> list[str]:
        """What was embedded of passages, which have several words here."""
        return [each for each in self.models.asked if " " in each]

    def words(self) -> list[str]:
        """The words that were."""
        return [each for each in self.models.asked if " " not in each]

    async def post(self, *sent: Document, name: str = "c") -> UUID:
        """A job with these documents."""
        id = uuid4()
        bodies = [(each.id, msgspec.json.encode(each)) for each in sent]

        async def work(connection: Connection) -> None:
            await jobs.add(connection, TENANT, id, name, bodies)

        await self.tenancy.within(TENANT, work)
        return id

    async def job(self, id: UUID) -> Job:
        async def work(connection: Connection) -> Job | None:
            return await jobs.find(connection, id)

        found = await self.tenancy.within(TENANT, work)
        assert found is not None
        return found

    async def ended(self, id: UUID) -> Job:
        """As soon as it has."""
        async with asyncio.timeout(30):
            while (job := await self.job(id)).ended is None:
                await asyncio.sleep(0.01)
        return job

    async def collection(self, name: str = "c") -> Collection:
        async def work(connection: Connection) -> Sequence[Collection]:
            return await collections.counted(connection, name)

        (found,) = await self.tenancy.within(TENANT, work)
        return found

    async def remove(self, id: str, name: str = "c") -> bool:
        async def work(connection: Connection) -> bool:
            return await documents.remove(connection, name, id)

        return await self.tenancy.within(TENANT, work)

    async def count(self, table: str) -> int:
        async def work(connection: Connection) -> int:
            row = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return int(row[0])

        return await self.tenancy.within(TENANT, work)

    @asynccontextmanager
    async def filled(self, *sent: Document, **more: Any) -> Any:
        """Workers, once all of it is done."""
        await self.put(job=False)
        async with self.ingest(**more).running():
            await self.ended(await self.post(*sent))
            yield


@pytest.fixture
def room(tenancy: Tenancy) -> Room:
    return Room(tenancy, OwnModels())
