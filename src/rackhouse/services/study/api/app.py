"""The ASGI application: which path is answered by what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Lifespan

from rackhouse.kit.web.answers import JSON, refused, unexpected, unknown
from rackhouse.kit.web.problem import Problem
from rackhouse.services.study.api import openapi
from rackhouse.services.study.api.ask import Ask
from rackhouse.services.study.api.kept import paths
from rackhouse.services.study.api.mcp.door import Door
from rackhouse.services.study.api.pages.desk import Desk
from rackhouse.services.study.api.pages.routes import pages
from rackhouse.services.study.api.who import Who
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.seams import Retrieval, Scripture
from rackhouse.services.study.service.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the paths are answered by."""

    study: Study
    who: Who
    kept: Kept
    scripture: Scripture
    retrieval: Retrieval


Opening = Callable[[], AbstractAsyncContextManager[Parts]]


def create(opening: Opening) -> Starlette:
    """The application. `opening` is entered when the server starts, and left when it stops."""
    router = Router(redirect_slashes=False)  # it would name the host that the client sent

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with opening() as parts:
            door = Door(parts.kept.tokens, parts.scripture, parts.retrieval)
            router.routes[:] = [Route("/mcp", endpoint=door), *routes(parts)]
            async with door.opened():
                yield {}

    return built([Mount("", router)], life)


def built(routes: Sequence[BaseRoute], lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """Over these paths, with an answer for what none of them answers."""
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={
            Problem: refused,
            HTTPException: unknown,
            Exception: unexpected,
        },
    )
    app.router.redirect_slashes = False
    return app


def routes(parts: Parts) -> list[Route]:
    """Every path."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    async def described(_: Request) -> Response:
        return Response(openapi.written(), media_type=JSON)

    return [
        Route("/v1/ask", Ask(parts.study, parts.who).ask, methods=["POST"]),
        *paths.routes(parts.kept, parts.who, parts.scripture),
        *pages(Desk(parts.study, parts.who, parts.kept, parts.scripture)),
        Route("/healthz", healthz),
        Route("/openapi.json", described),
    ]
