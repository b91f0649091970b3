"""The ASGI application: which path is answered by what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rackhouse.services.gateway.api import (
    chat,
    completions,
    embeddings,
    http,
    openapi,
    rerank,
    responses,
)
from rackhouse.services.gateway.api.admin import shown
from rackhouse.services.gateway.api.ask import Ask
from rackhouse.services.gateway.api.feedback import Feedback
from rackhouse.services.gateway.api.messages import Count, Messages
from rackhouse.services.gateway.api.models import Models
from rackhouse.services.gateway.api.posted import Paths, Posted
from rackhouse.services.gateway.api.renewal import Changed, Renewed
from rackhouse.services.gateway.model.config import Config
from rackhouse.services.gateway.service.gateway import Gateway

Opening = Callable[[Config], AbstractAsyncContextManager[Gateway]]

# What is answered to what no path has answered.
_ERRORS = {
    HTTPException: http.unknown,
    ClientDisconnect: http.gone,
    Exception: http.unexpected,
}


def _never() -> None:
    """The file stays as it is."""


def create(config: Config, opening: Opening, changed: Changed = _never) -> Renewed:
    """The application. `opening` is entered when the server starts and left when it stops, and
    again with each config that `changed` answers.
    """

    @asynccontextmanager
    async def opened(config: Config) -> AsyncIterator[Paths]:
        async with opening(config) as gateway:
            yield paths(config, gateway)

    return Renewed(config, changed, opened)


def paths(config: Config, gateway: Gateway) -> Paths:
    """Every path."""
    posted = _posted(gateway)
    asked = [Route(path, each, methods=["POST"]) for path, each in posted.items()]
    others = Starlette(routes=[*asked, *_routes(config, gateway)], exception_handlers=_ERRORS)
    return Paths(posted, others)


def _posted(gateway: Gateway) -> dict[str, Posted]:
    """What models are asked by, by its path."""
    return {
        "/v1/chat/completions": Ask(gateway, chat.read),
        "/v1/completions": Ask(gateway, completions.read),
        "/v1/embeddings": Ask(gateway, embeddings.read),
        "/v1/responses": Ask(gateway, responses.read),
        "/v1/rerank": Ask(gateway, rerank.read),
        "/v1/messages": Messages(gateway),
        "/v1/messages/count_tokens": Count(gateway),
        "/v1/feedback": Feedback(gateway),
    }


def _routes(config: Config, gateway: Gateway) -> list[Route]:
    """Every other one."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def described(_: Request) -> Response:
        return Response(openapi.written(), media_type="application/json")

    return [
        Route("/v1/models", Models(config, gateway), methods=["GET"]),
        Route("/v1/models/{name:path}", Models(config, gateway), methods=["GET"]),
        Route("/healthz", healthz, methods=["GET"]),
        Route("/openapi.json", described, methods=["GET"]),
        *shown.routes(config, gateway.parts),
    ]
