"""HTTP on the worker's socket: `POST /v1/embeddings` and `GET /health`. Decides nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rackhouse.services.gateway.worker import asked
from rackhouse.services.gateway.worker.desk import Desk
from rackhouse.services.gateway.worker.embedder import Embedder
from rackhouse.services.gateway.worker.tokens import Read, Tokens


def create(model: str, tokens: Tokens, embedder: Embedder) -> Starlette:
    """The application, which answers as `model`."""
    desk = Desk(embedder.vectors)

    async def embeddings(request: Request) -> Response:
        try:
            said = asked.parse(await request.body())
        except ValueError as error:
            return _refused(str(error))
        read = await asyncio.to_thread(_read, tokens, said.texts)
        parts = await desk.vectors([each.ids for each in read])
        body = await asyncio.to_thread(asked.answer, said, model, read, parts)
        return Response(body, media_type="application/json")

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "model": model})

    @asynccontextmanager
    async def working(_: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(desk.work())
        yield
        work.cancel()

    return Starlette(
        routes=[
            Route("/v1/embeddings", embeddings, methods=["POST"]),
            Route("/health", health),
        ],
        lifespan=working,
    )


def run(app: Starlette, listening: socket.socket) -> None:
    """Until a signal."""
    config = uvicorn.Config(
        app, loop="asyncio", http="httptools", ws="none", access_log=False, log_level="warning"
    )
    uvicorn.Server(config).run([listening])


def _read(tokens: Tokens, texts: Sequence[str]) -> list[Read]:
    return list(tokens.read(texts))


def _refused(why: str) -> Response:
    error = {"message": why, "type": "invalid_request_error", "param": "input", "code": None}
    return JSONResponse({"error": error}, 400)
