"""`POST /v1/search`."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.retrieval.api import answers, reading, shapes, shaping
from rackhouse.services.retrieval.api.guard import Guard
from rackhouse.services.retrieval.service.asked import Asked
from rackhouse.services.retrieval.service.metrics import Metrics
from rackhouse.services.retrieval.service.search import Search


class Searching:
    """For the tenant whose key was shown."""

    def __init__(self, guard: Guard, search: Search, metrics: Metrics) -> None:
        self._guard = guard
        self._search = search
        self._metrics = metrics

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
