"""How the service is, for whoever looks after it: without a key, and nothing of it is anybody's."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rackhouse.kit.web.answers import JSON
from rackhouse.services.retrieval.api import openapi
from rackhouse.services.retrieval.service.ingest import Ingest
from rackhouse.services.retrieval.service.large.keeper import Keeper
from rackhouse.services.retrieval.service.metrics import Metrics, Now
from rackhouse.services.retrieval.service.shelf import Shelf
from rackhouse.services.retrieval.service.work import Work

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """At what is held, at jobs and at indexes."""

    shelf: Shelf
    ingest: Ingest
    keeper: Keeper
    metered: Metrics
    done: Work

    async def healthz(self, _: Request) -> Response:
        """It lives. What is held answers without PostgreSQL too."""
        away = self.shelf.away
        said = {"status": "degraded" if away else "ok", "postgres": "away" if away else "ok"}
        return JSONResponse(said, headers={"cache-control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        """What was counted, and how things are."""
        now = Now(
            jobs=await self.ingest.waiting(),
            collections=len(self.shelf),
            passages=self.shelf.passages(),
            indexes=self.keeper.standing,
            postgres=not self.shelf.away,
        )
        return Response(self.metered.text(self.done, now), media_type=_TEXT)

    async def described(self, _: Request) -> Response:
        """The interface."""
        return Response(openapi.written(), media_type=JSON)
