"""The ASGI application: which path is answered by what."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rackhouse.kit.web.answers import JSON, refused, unexpected
from rackhouse.kit.web.problem import Problem
from rackhouse.services.scripture.api import openapi
from rackhouse.services.scripture.api.finding.routes import routes as finding
from rackhouse.services.scripture.api.pages.desk import Desk, unknown
from rackhouse.services.scripture.api.pages.routes import routes as pages
from rackhouse.services.scripture.api.reading import Reading
from rackhouse.services.scripture.api.words import Words
from rackhouse.services.scripture.api.works import Works
from rackhouse.services.scripture.service.companions import NONE, Companions
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.search import Searches


def create(held: Library, companions: Companions = NONE, ask: str = "") -> Starlette:
    """The application. `ask`: where people ask about scripture."""
    searches = Searches()
    desk = Desk(held, searches, companions, ask=ask)
    app = Starlette(
        routes=[*_routes(held), *finding(held, searches, companions), *pages(desk)],
        exception_handlers={
            Problem: refused,
            HTTPException: unknown(desk),
            Exception: unexpected,
        },
    )
    app.router.redirect_slashes = False  # it would name the host that the client sent
    return app


def _routes(held: Library) -> list[Route]:
    reading, words, works = Reading(held), Words(held), Works(held)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    async def described(_: Request) -> Response:
        return Response(openapi.written(), media_type=JSON)

    return [
        Route("/v1/translations", reading.translations),
        Route("/v1/passages", reading.passages),
        Route("/v1/books", reading.books),
        Route("/v1/books/{book}/chapters/{chapter}", reading.chapter),
        Route("/v1/references", reading.references),
        Route("/v1/strongs/{number}", words.strong),
        Route("/v1/works", works.works),
        Route("/v1/works/{work}/entries", works.entries),
        Route("/healthz", healthz),
        Route("/openapi.json", described),
    ]
