"""The ASGI application: which path is answered by what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from rackhouse.kit.web.answers import refused, unexpected, unknown
from rackhouse.kit.web.problem import Problem
from rackhouse.services.retrieval.api.filling import Filling
from rackhouse.services.retrieval.api.guard import Guard
from rackhouse.services.retrieval.api.looking import Looking
from rackhouse.services.retrieval.api.searching import Searching
from rackhouse.services.retrieval.service.catalogue import Catalogue
from rackhouse.services.retrieval.service.ingest import Ingest
from rackhouse.services.retrieval.service.large.keeper import Keeper
from rackhouse.services.retrieval.service.metrics import Metrics
from rackhouse.services.retrieval.service.search import Search
from rackhouse.services.retrieval.service.shelf import Shelf
from rackhouse.services.retrieval.service.tenants import Tenants
from rackhouse.services.retrieval.service.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the service is made of, while it is open."""

    catalogue: Catalogue
    search: Search
    shelf: Shelf
    ingest: Ingest
    keeper: Keeper
    done: Work


Opening = Callable[[], AbstractAsyncContextManager[Parts]]


def create(tenants: Tenants, opening: Opening) -> Starlette:
    """The application. `opening` is entered when the server starts and left when it stops."""

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        async with opening() as parts:
            app.router.routes[:] = _routes(Guard(tenants), parts)
            yield

    app = Starlette(
        lifespan=life,
        exception_handlers={
            Problem: refused,
            HTTPException: unknown,
            Exception: unexpected,
        },
    )
    app.router.redirect_slashes = False  # it would name the host that the client sent
    return app


def _routes(guard: Guard, parts: Parts) -> list[Route]:
    filling = Filling(guard, parts.catalogue)
    metrics = Metrics()
    searching = Searching(guard, parts.search, metrics)
    looking = Looking(
        shelf=parts.shelf,
        ingest=parts.ingest,
        keeper=parts.keeper,
        metered=metrics,
        done=parts.done,
    )
    one = "/v1/collections/{name}"
    return [
        Route("/v1/search", searching.search, methods=["POST"]),
        Route("/v1/collections", filling.collections, methods=["GET"]),
        Route(one, filling.collection, methods=["GET", "PUT", "DELETE"]),
        Route(f"{one}/documents", filling.documents, methods=["POST"]),
        Route(f"{one}/documents/{{id:path}}", filling.document, methods=["GET", "DELETE"]),
        Route("/v1/jobs/{id}", filling.job, methods=["GET"]),
        Route("/v1/jobs/{id}/events", filling.events, methods=["GET"]),
        Route("/healthz", looking.healthz, methods=["GET"]),
        Route("/metrics", looking.metrics, methods=["GET"]),
        Route("/openapi.json", looking.described, methods=["GET"]),
    ]
