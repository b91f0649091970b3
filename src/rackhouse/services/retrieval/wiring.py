"""The one place where the service's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from starlette.types import ASGIApp

from rackhouse.services.retrieval.api.app import Parts, create
from rackhouse.services.retrieval.clients import sessions
from rackhouse.services.retrieval.clients.gateway import Gateway
from rackhouse.services.retrieval.clients.resolvers import Resolvers
from rackhouse.services.retrieval.service.catalogue import Catalogue, Told
from rackhouse.services.retrieval.service.ingest import Ingest
from rackhouse.services.retrieval.service.large.far import Far
from rackhouse.services.retrieval.service.large.gate import Asking
from rackhouse.services.retrieval.service.large.keeper import Keeper, Limits, Place
from rackhouse.services.retrieval.service.search import Minds, Search
from rackhouse.services.retrieval.service.shelf import Shelf
from rackhouse.services.retrieval.service.steps import Steps
from rackhouse.services.retrieval.service.tenants import Tenants
from rackhouse.services.retrieval.settings import Settings
from rackhouse.services.retrieval.store import database
from rackhouse.services.retrieval.worker.reader import Reader


def application(settings: Settings) -> ASGIApp:
    """The application. FileError, Missing where nobody may ask."""
    tenants = Tenants(settings.tenants)
    return create(tenants, partial(opened, settings, tenants))


@asynccontextmanager
async def opened(settings: Settings, tenants: Tenants) -> AsyncIterator[Parts]:
    """All parts, closed behind. PostgreSQL and the gateway need not be there."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(sessions.opened())
        base = await stack.enter_async_context(database.opened(settings.database_url))
        tenancy = database.Tenancy(base)
        models = Gateway(session, settings.gateway, settings.key) if settings.gateway else None
        shelf = Shelf(tenancy, tenants.names, large=settings.large)
        steps = Steps(tenancy=tenancy, models=models, reader=Reader(), changed=shelf.changed)
        ingest = Ingest(steps, tenants.names)

        def known() -> Mapping[str, str]:
            return {**settings.resolvers, **tenants.resolvers()}

        resolvers = Resolvers(session, known)
        far = Far(tenancy)
        minds = Minds(models=models, resolvers=resolvers, reranker=settings.reranker)
        search = Search(shelf, minds, far)
        limits = Limits(large=settings.large, asking=Asking(least=settings.recall))
        keeper = Keeper(Place(tenancy, settings.database_url), tenants.names, far.asked, limits)
        stack.callback(search.close)
        await stack.enter_async_context(shelf.running())
        await stack.enter_async_context(ingest.running())
        await stack.enter_async_context(keeper.running())
        told = Told(model=settings.model, resolvers=known)
        yield Parts(
            catalogue=Catalogue(tenancy, shelf, ingest, told),
            search=search,
            shelf=shelf,
            ingest=ingest,
            keeper=keeper,
            done=steps.done,
        )
