"""The ASGI application: which path is answered by what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.api.admin import shown
from rackhouse.services.gateway.api.chat import Ask
from rackhouse.services.gateway.model.call import Task
from rackhouse.services.gateway.model.config import Config
from rackhouse.services.gateway.model.problem import Problem
from rackhouse.services.gateway.service.gateway import Gateway

Opening = Callable[[Config], AbstractAsyncContextManager[Gateway]]


def create(config: Config, opening: Opening) -> Starlette:
    """The application. `opening` is entered when the server starts, and left when it stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opening(config) as gateway:
            app.router.routes[:] = routes(config, gateway)
            yield

    return Starlette(lifespan=lifespan, routes=[])


def routes(config: Config, gateway: Gateway) -> list[Route]:
    """Every path."""

    async def models(request: Request) -> Response:
        try:
            caller = await gateway.parts.keys.identify(http.token(request.scope))
        except Problem as problem:
            return JSONResponse(http.said(problem), problem.status)
        data = [
            {"id": each.name, "object": "model", "created": 0, "owned_by": config.rack}
            for each in config.models
            if not caller.models or each.name in caller.models
        ]
        return JSONResponse({"object": "list", "data": data})

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return [
        Route("/v1/chat/completions", Ask(gateway, Task.CHAT), methods=["POST"]),
        Route("/v1/completions", Ask(gateway, Task.COMPLETION), methods=["POST"]),
        Route("/v1/embeddings", Ask(gateway, Task.EMBEDDING), methods=["POST"]),
        Route("/v1/models", models, methods=["GET"]),
        Route("/healthz", healthz, methods=["GET"]),
        *shown.routes(config, gateway.parts),
    ]
