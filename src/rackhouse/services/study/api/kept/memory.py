"""What is remembered of a person: seen, written down by hand, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.study.api import reading
from rackhouse.services.study.api.answers import answered, empty
from rackhouse.services.study.api.kept import shapes
from rackhouse.services.study.api.kept.conversations import none
from rackhouse.services.study.api.who import Who, asks
from rackhouse.services.study.model import question
from rackhouse.services.study.service.keeping import Kept


class Memory:
    """Facts, each with the sentence that it is of."""

    def __init__(self, kept: Kept, who: Who) -> None:
        self._kept = kept
        self._who = who

    async def all(self, request: Request) -> Response:
        """`GET /v1/memory`."""
        subject = await asks(self._who, request)
        return answered(shapes.Facts(facts=tuple(await self._kept.facts.all(subject))))

    async def add(self, request: Request) -> Response:
        """`POST /v1/memory`."""
        subject = await asks(self._who, request)
        asked = await reading.body(request, shapes.NewFact)
        text = question.read(asked.text)
        fact = await self._kept.facts.add(
            subject,
            text,
            sentence=text,
            conversation=None,
            expires=datetime.now(UTC) + timedelta(days=asked.days),
        )
        return answered(fact, 201)

    async def remove(self, request: Request) -> Response:
        """`DELETE /v1/memory/{id}`."""
        subject = await asks(self._who, request)
        if not await self._kept.facts.remove(subject, request.path_params["id"]):
            raise none("fact")
        return empty()
