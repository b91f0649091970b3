"""`POST /v1/ask`: a question, answered as it is made or whole."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.answers import JSON
from rackhouse.services.study.api import reading
from rackhouse.services.study.api.answers import answered
from rackhouse.services.study.api.stream import streamed
from rackhouse.services.study.api.who import Who, asks
from rackhouse.services.study.model import question
from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.service.events import Tell
from rackhouse.services.study.service.study import Asked, Study


class Ask:
    """One path."""

    def __init__(self, study: Study, who: Who) -> None:
        self._study = study
        self._who = who

    async def ask(self, request: Request) -> Response:
        """Events, or JSON where it is liked better."""
        subject = await asks(self._who, request)
        asked = await reading.body(request, Asked)
        question.read(asked.question)  # what is wrong with it is a status, not an event

        async def make(tell: Tell) -> Answer:
            return await self._study.ask(subject, asked, tell)

        if _wants_json(request):
            return answered(await self._study.ask(subject, asked))
        return streamed(make)


def _wants_json(request: Request) -> bool:
    liked = request.headers.get("accept", "*/*").lower()
    return JSON in liked and "text/event-stream" not in liked
