"""The one place where the service's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import ClientSession

from rackhouse.services.study.api.app import Parts
from rackhouse.services.study.api.who import Who
from rackhouse.services.study.clients.gateway import ChatClient
from rackhouse.services.study.clients.http import Door, session
from rackhouse.services.study.clients.identity import Everybody, SignedIn
from rackhouse.services.study.clients.retrieval import RetrievalClient
from rackhouse.services.study.clients.scripture import ScriptureClient
from rackhouse.services.study.service.answering import Answering, Model
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.bearings import Bearings
from rackhouse.services.study.service.commenting import Commenting
from rackhouse.services.study.service.conversing import Conversing
from rackhouse.services.study.service.filling import Filling
from rackhouse.services.study.service.guarding import Guarding
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.kept import MemoryKept
from rackhouse.services.study.service.memory import NoRetrieval
from rackhouse.services.study.service.rewriting import Rewriting
from rackhouse.services.study.service.seams import Retrieval
from rackhouse.services.study.service.study import Study
from rackhouse.services.study.service.whole import Whole
from rackhouse.services.study.settings import Settings
from rackhouse.services.study.store import kept as store


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Parts]:
    """All of it, for as long as the server runs."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(session())
        scripture = ScriptureClient(Door(http, "scripture", settings.scripture))
        retrieval: Retrieval = NoRetrieval()
        if settings.retrieval:
            door = Door(http, "retrieval", settings.retrieval, settings.retrieval_key)
            client = RetrievalClient(door)
            filling = Filling(scripture, client)
            await stack.enter_async_context(filling.kept())
            await stack.enter_async_context(Bearings(client).kept())
            await stack.enter_async_context(Commenting(scripture, client).kept())
            retrieval = Whole(client, filling.whole)
        who: Who = Everybody(settings.person)
        if settings.identity:
            who = SignedIn(Door(http, "the console", settings.identity), settings.application)
        model = None
        if settings.llm:
            chat = ChatClient(
                Door(http, "the language model", settings.llm, settings.llm_key),
                settings.llm_model,
                vectors=_vectors(http, settings),
                embedder=settings.vectors_model,
                entailment=_entailment(http, settings),
                judge=settings.entailment_model,
            )
            guarding = Guarding(scripture, used=chat.there)
            await stack.enter_async_context(guarding.kept())
            model = Model(chat=chat, guards=guarding)
        asking = Asking(scripture, retrieval)
        answering = Answering(asking, scripture, retrieval, model)
        kept: Kept = MemoryKept()
        if settings.database:
            kept = await stack.enter_async_context(store.opened(settings.database))
        conversing = Conversing(kept, Rewriting(model.chat) if model else None)
        study = Study(asking, answering, conversing)
        yield Parts(study=study, who=who, kept=kept, scripture=scripture, retrieval=retrieval)


def _vectors(http: ClientSession, settings: Settings) -> Door | None:
    if not settings.vectors:
        return None
    return Door(http, "the model of vectors", settings.vectors, settings.vectors_key)


def _entailment(http: ClientSession, settings: Settings) -> Door | None:
    if not settings.entailment:
        return None
    return Door(http, "the model of entailment", settings.entailment, settings.entailment_key)
