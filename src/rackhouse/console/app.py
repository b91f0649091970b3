"""The ASGI application: everything is wired here, once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from rackhouse.console.answers import page, problem, status_of
from rackhouse.console.api import ROOT, Api
from rackhouse.console.cluster.pages import Clusters
from rackhouse.console.code.pages import Code
from rackhouse.console.desk import Desk
from rackhouse.console.explained.pages import Explained
from rackhouse.console.guard import FOR_APPLICATIONS, Guard
from rackhouse.console.guardian import keep_supervised
from rackhouse.console.identity import Identity, Signer
from rackhouse.console.machines.pages import Machines
from rackhouse.console.models.pages import Models
from rackhouse.console.network.pages import Network
from rackhouse.console.pages import Pages
from rackhouse.console.runs.pages import routes as runs
from rackhouse.console.signin import SignIn
from rackhouse.console.streams import Streams
from rackhouse.console.templating import HERE
from rackhouse.console.whatif.pages import WhatIf
from rackhouse.kit.errors import RackhouseError
from rackhouse.supervisor.tree import MARK

Handler = Callable[[Request, Exception], Awaitable[Response]]

_log = logging.getLogger("rackhouse.console")


def create_app(desk: Desk, streams: Streams) -> Starlette:
    """The console over a desk; `streams` is stopped by whoever stops the server."""
    signer = Signer(desk.settings.signing_key, desk.view.name)
    static = StaticFiles(directory=HERE / "static")
    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            *Pages(desk).routes(),
            *Machines(desk).routes(),
            *Clusters(desk).routes(),
            *Explained(desk).routes(),
            *Network(desk).routes(),
            *Models(desk, streams).routes(),
            *WhatIf(desk).routes(),
            *Code(desk).routes(),
            *runs(desk, streams),
            *SignIn(desk).routes(),
            *Identity(desk, signer).routes(),
            *Api(desk, streams).routes(),
            Mount("/static", static),
            Mount(f"{FOR_APPLICATIONS}static", static),
        ],
        middleware=[Middleware(Guard, desk=desk)],
        exception_handlers=_errors(desk),
        lifespan=_watching(desk),
    )


def _watching(desk: Desk) -> Callable[[Starlette], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(desk.watch.run())]
        if MARK in os.environ:  # a supervisor started this
            tasks.append(asyncio.create_task(keep_supervised(desk.paths, desk.actions.revive)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _errors(desk: Desk) -> dict[type[Exception], Handler]:
    """What goes wrong, in words: JSON to programs, a page to people."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, RackhouseError)
        if request.scope["path"].startswith(ROOT):
            return problem(error)
        status = status_of(error)
        return page(request, desk, "error", status, status=status, what=error.what, fix=error.fix)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status, what = error.status_code, error.detail
        if request.scope["path"].startswith(ROOT):
            body = {"error": HTTPStatus(status).phrase, "what": what}
            return JSONResponse(body, status, headers=error.headers)
        answer = page(request, desk, "error", status, status=status, what=what, fix="")
        answer.headers.update(error.headers or {})
        return answer

    return {RackhouseError: known, HTTPException: refused, Exception: _unknown}


async def _unknown(_: Request, error: Exception) -> Response:
    _log.error("a bug in the console", exc_info=error)
    return PlainTextResponse("This is a bug in Rackhouse. The console's log says more.\n", 500)
