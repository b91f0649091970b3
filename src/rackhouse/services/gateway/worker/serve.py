"""HTTP on the worker's socket: `POST /v1/embeddings` and `GET /health`. Decides nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, Protocol, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rackhouse.services.gateway.worker import asked
from rackhouse.services.gateway.worker.desk import Desk
from rackhouse.services.gateway.worker.embedder import Vectors
from rackhouse.services.gateway.worker.tokens import Read, Tokens

P = ParamSpec("P")
Found = TypeVar("Found")

_KEPT = 3600  # seconds: the gateway lets go of a connection first, so that no request meets its end
_FEW, _SHORT = 8, 2_000  # texts, and characters of all: read and written within half a millisecond


class Embedder(Protocol):
    """What computes, in the thread that it is called in."""

    def vectors(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """One row a text, in their order."""


def create(model: str, tokens: Tokens, embedder: Embedder, hands: int) -> Starlette:
    """The application, which answers as `model` and computes so many batches at once."""
    desk = Desk(embedder.vectors, hands)

    async def embeddings(request: Request) -> Response:
        try:
            said = asked.parse(await request.body())
        except ValueError as error:
            return _refused(str(error))
        few = _few(said.texts)
        read = await _aside(few, _read, tokens, said.texts)
        rows = await _unless_left(request, desk.vectors([each.ids for each in read]))
        if rows is None:
            return Response()  # that nobody reads
        body = await _aside(few, asked.answer, said, model, read, rows)
        return Response(body, media_type="application/json")

    async def health(_: Request) -> Response:
        status = "hangs" if desk.hangs else "ok"
        return JSONResponse({"status": status, "model": model}, 503 if desk.hangs else 200)

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
        app,
        loop="asyncio",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=_KEPT,
    )
    uvicorn.Server(config).run([listening])


def _few(texts: Sequence[str]) -> bool:
    return len(texts) <= _FEW and sum(map(len, texts)) <= _SHORT


async def _aside(few: bool, work: Callable[P, Found], *args: P.args, **more: P.kwargs) -> Found:
    """In a thread, so that others are let in; for few texts that takes longer than the work."""
    return work(*args, **more) if few else await asyncio.to_thread(work, *args, **more)


async def _unless_left(request: Request, work: Coroutine[Any, Any, Found]) -> Found | None:
    """What `work` answers; None, and it is given up, when the client leaves before."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(request.receive())  # the body was read: this is its leaving
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        leaving.cancel()


def _read(tokens: Tokens, texts: Sequence[str]) -> list[Read]:
    return list(tokens.read(texts))


def _refused(why: str) -> Response:
    error = {"message": why, "type": "invalid_request_error", "param": "input", "code": None}
    return JSONResponse({"error": error}, 400)
