"""`POST /v1/search`, and how the service is."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rackhouse.kit.web.answers import JSON
from rackhouse.services.retrieval.api import answers, openapi, reading, shapes, shaping
from rackhouse.services.retrieval.api.guard import Guard
from rackhouse.services.retrieval.service.asked import Asked
from rackhouse.services.retrieval.service.metrics import Metrics
from rackhouse.services.retrieval.service.search import Search
from rackhouse.services.retrieval.service.shelf import Shelf

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Searching:
    """For the tenant whose key was shown."""

    def __init__(self, guard: Guard, search: Search, shelf: Shelf) -> None:
        self._guard = guard
        self._search = search
        self._shelf = shelf
        self._metrics = Metrics()

    async def search(self, request: Request) -> Response:
        """What fits best."""
        began = time.perf_counter()
        tenant = self._guard.tenant(request)
        sent = await reading.body(request, shapes.Search)
        found = await self._search.find(
            Asked(
                tenant=tenant,
                collections=tuple(dict.fromkeys(sent.collections)),
                query=sent.query,
                limit=sent.limit,
                conditions=sent.filter,
                owner=sent.owner,
                rerank=sent.rerank,
            )
        )
        answer = answers.said(shaping.found(found, sent.explain))
        self._metrics.found(time.perf_counter() - began, tuple(found.degraded))
        return answer

    async def healthz(self, _: Request) -> Response:
        """It lives. What is held answers without PostgreSQL too."""
        away = self._shelf.away
        said = {"status": "degraded" if away else "ok", "postgres": "away" if away else "ok"}
        return JSONResponse(said, headers={"cache-control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        """What was counted. Nothing in it is anybody's."""
        text = self._metrics.text(
            held_collections=len(self._shelf),
            held_passages=self._shelf.passages(),
            postgres_up=float(not self._shelf.away),
        )
        return Response(text, media_type=_TEXT)

    async def described(self, _: Request) -> Response:
        """The interface."""
        return Response(openapi.written(), media_type=JSON)
