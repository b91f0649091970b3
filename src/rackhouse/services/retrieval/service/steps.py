"""The steps of one job. Each is a transaction, or asks others and then is one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import msgspec

from rackhouse.kit.postgres.database import Connection
from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.retrieval.model.asking import Refused
from rackhouse.services.retrieval.model.collection import Claim, State
from rackhouse.services.retrieval.model.documents import Document, Media, of_blocks, of_given
from rackhouse.services.retrieval.model.passage import Passage
from rackhouse.services.retrieval.service.bodies import content_of
from rackhouse.services.retrieval.service.embedding import BACKOFF
from rackhouse.services.retrieval.service.filling import Filling
from rackhouse.services.retrieval.service.seams import Models
from rackhouse.services.retrieval.service.work import Work
from rackhouse.services.retrieval.store import collections, documents, jobs
from rackhouse.services.retrieval.store.database import LONG, Tenancy
from rackhouse.services.retrieval.worker.reader import Reader

_AT_ONCE: Final = 64  # documents that are read together
_ENOUGH: Final = 1_000  # passages of them, in one transaction
_ALONE: Final = "there is no gateway: passages are found by their words"


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that was read, or could not be: then `problem` says why."""

    ordinal: int
    document: Document
    content: str | None
    passages: list[Passage]
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """`models` None: nothing is embedded. `changed` is called when a job has ended well, before
    that is told: who hears it finds what is new. `done` is what was done so far.
    """

    tenancy: Tenancy
    models: Models | None
    reader: Reader
    changed: Callable[[str, str], Awaitable[None]]
    batch: int = 128
    backoff: tuple[float, ...] = BACKOFF
    done: Work = field(default_factory=Work)

    async def work(self, claim: Claim) -> None:
        """All of them; or its documents alone, where those of other jobs come first. Lost, Away."""
        while await self._read_some(claim):
            pass
        if await self.tenancy.within(
            claim.tenant, partial(jobs.unread, collection=claim.collection)
        ):
            await self.tenancy.within(claim.tenant, partial(jobs.release, claim=claim))
            return
        said = ""
        try:
            if self.models is None:
                said = _ALONE
            else:
                filling = Filling(self.tenancy, self.models, self.batch, self.backoff, self.done)
                await filling.fill(claim)
        except Refused as error:
            await self.fail(claim, f"the gateway refuses the model: {error}"[:500])
            return
        await self.changed(claim.tenant, claim.collection)
        work = partial(jobs.end, claim=claim, state=State.DONE, said=said)
        await self.tenancy.within(claim.tenant, work)
        self.done.jobs[State.DONE] += 1

    async def _read_some(self, claim: Claim) -> bool:
        """The next documents, in one transaction: many where their passages are given, else one,
        which may take long. Whether there were any.
        """
        began = time.monotonic()
        items = await self.tenancy.within(
            claim.tenant, partial(jobs.next_items, claim=claim, count=_AT_ONCE), patience=LONG
        )
        read: list[_Read] = []
        for ordinal, body in items:
            document = msgspec.json.decode(body, type=Document)
            try:
                content, passages = await self._passages(document)
                read.append(_Read(ordinal, document, content, passages))
            except BadRequest as error:
                read.append(_Read(ordinal, document, None, [], str(error)))
            many = sum(len(each.passages) for each in read) > _ENOUGH
            if many or document.media is not Media.PASSAGES:
                break
        if read:
            await self.tenancy.within(
                claim.tenant, partial(_keep, claim=claim, read=read), patience=LONG
            )
            refused = sum(each.problem is not None for each in read)
            whole = sum(len(each.passages) for each in read)
            self.done.read(len(read), refused, whole, time.monotonic() - began)
        return bool(read)

    async def _passages(self, document: Document) -> tuple[str | None, list[Passage]]:
        """What it is cut into, and what their spans are of. BadRequest."""
        if document.media is Media.PASSAGES:
            return None, of_given(document)
        source = await self.reader.read(document.media, content_of(document))
        passages = await asyncio.to_thread(of_blocks, document, source)
        if not passages:
            raise BadRequest("the document has no words", fix="send one that has", param="content")
        return source.text, passages

    async def fail(self, claim: Claim, why: str) -> None:
        """What was committed stays; a model that was wanted is wanted no more."""

        async def work(connection: Connection) -> None:
            await collections.unwant(connection, claim.collection)
            await jobs.end(connection, claim, State.FAILED, why)

        await self.tenancy.within(claim.tenant, work)
        self.done.jobs[State.FAILED] += 1


async def _keep(connection: Connection, claim: Claim, read: list[_Read]) -> None:
    for each in read:
        await jobs.item_read(connection, claim, each.ordinal, each.problem)
        if each.problem is None:
            await documents.put(
                connection,
                claim.tenant,
                claim.collection,
                each.document,
                content=each.content,
                passages=each.passages,
            )
    await jobs.tell(
        connection, claim, read=len(read), passages=sum(len(each.passages) for each in read)
    )
