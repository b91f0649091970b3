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
from rackhouse.services.gateway.api.renewal import Changed, Renewed
from rackhouse.services.gateway.model.config import Config
from rackhouse.services.gateway.service.gateway import Gateway

Opening = Callable[[Config], AbstractAsyncContextManager[Gateway]]

# What is answered to what no path has answered.
ERRORS = {
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
    async def opened(config: Config) -> AsyncIterator[Starlette]:
        async with opening(config) as gateway:
            yield Starlette(routes=routes(config, gateway), exception_handlers=ERRORS)

    return Renewed(config, changed, opened)


def routes(config: Config, gateway: Gateway) -> list[Route]:
    """Every path."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def described(_: Request) -> Response:
        return Response(openapi.written(), media_type="application/json")

    return [
        Route("/v1/chat/completions", Ask(gateway, chat.read), methods=["POST"]),
        Route("/v1/completions", Ask(gateway, completions.read), methods=["POST"]),
        Route("/v1/embeddings", Ask(gateway, embeddings.read), methods=["POST"]),
        Route("/v1/responses", Ask(gateway, responses.read), methods=["POST"]),
        Route("/v1/rerank", Ask(gateway, rerank.read), methods=["POST"]),
        Route("/v1/messages", Messages(gateway), methods=["POST"]),
        Route("/v1/messages/count_tokens", Count(gateway), methods=["POST"]),
        Route("/v1/feedback", Feedback(gateway), methods=["POST"]),
        Route("/v1/models", Models(config, gateway), methods=["GET"]),
        Route("/v1/models/{name:path}", Models(config, gateway), methods=["GET"]),
        Route("/healthz", healthz, methods=["GET"]),
        Route("/openapi.json", described, methods=["GET"]),
        *shown.routes(config, gateway.parts),
    ]
