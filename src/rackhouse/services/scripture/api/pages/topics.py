"""A topical work as pages: what it is called, what it says, and where."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.scripture.api.pages.desk import Desk

_LONGEST = 100
_MOST = 60


class Topics:
    """`/topics`, `/topics/{topic}`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def topics(self, request: Request) -> Response:
        """Those that are called so."""
        held = self._desk.companions.topical()
        q = request.query_params.get("q", "").strip()[:_LONGEST]
        return self._desk.page(
            request, "topics", q=q, topics=held.called(q, _MOST), many=len(held), terms=held.licence
        )

    async def topic(self, request: Request) -> Response:
        """One."""
        held = self._desk.companions.topical()
        topic = self._desk.companions.topic(request.path_params["topic"][:_LONGEST])
        see = [other for name in topic.see if (other := held.topic(name))]
        return self._desk.page(request, "topic", topic=topic, see=see, terms=held.licence)
