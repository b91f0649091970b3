"""The page of the models, and its playground.

What speaks HTTP is imported when the first page is asked for: most racks have no gateway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rackhouse.console.answers import page, read_body
from rackhouse.console.desk import Desk
from rackhouse.console.gate import owner
from rackhouse.console.models import curve, drawing
from rackhouse.console.picture.bar import bar
from rackhouse.console.streams import Streams
from rackhouse.kit.errors import Missing, NotReady
from rackhouse.operations.models.door import Door, door
from rackhouse.operations.models.money import count, money, took
from rackhouse.operations.models.seen import Health

if TYPE_CHECKING:
    from rackhouse.console.models.asking import Answer

_LONGEST = 8000  # characters of a question


class Models:
    """For the owner alone. Reads, and asks models."""

    def __init__(self, desk: Desk, streams: Streams) -> None:
        self.desk = desk
        self.streams = streams

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/models", owner(self.models)),
            Route("/models/ask", owner(self.ask), methods=["POST"]),
            Route("/models/events", owner(self.events)),
        ]

    async def models(self, request: Request) -> Response:
        """How it is just now."""
        return await self._shown(request)

    async def events(self, _: Request) -> Response:
        """Each request to a model as it ends, for a page that looks again."""
        from rackhouse.console.models.following import ended

        return self.streams.events(ended(self._door()))

    async def ask(self, request: Request) -> Response:
        """A question: streamed to a script, else answered with the whole page."""
        from rackhouse.console.models import asking
        from rackhouse.operations.models.wire import Wire, opened

        fields = await read_body(request)
        names = [name for name in (fields.get("model"), fields.get("other")) if name]
        prompt = fields.get("prompt", "").strip()
        if not names or not 0 < len(prompt) <= _LONGEST:
            raise HTTPException(400, f"name a model, and ask in {_LONGEST} characters at most")
        way = self._door()
        currency = fields.get("currency", "")[:8]
        if request.headers.get("accept") == "text/event-stream":
            events = asking.events(Wire(way), names[0], prompt, currency)
            return StreamingResponse(events, media_type="text/event-stream")
        async with opened(way) as wire:
            told = (asking.whole(wire, name, prompt, currency) for name in names)
            answers = await asyncio.gather(*told)
        return await self._shown(request, asked=fields, answers=answers)

    async def _shown(
        self,
        request: Request,
        asked: Mapping[str, str] | None = None,
        answers: Sequence[Answer] = (),
    ) -> Response:
        from rackhouse.console.models.looking import look
        from rackhouse.operations.models.wire import opened

        try:
            way = self._door()
        except (Missing, NotReady) as error:
            return page(request, self.desk, "models/none", error=error, file=self.desk.file())
        async with opened(way) as wire:
            seen = await look(wire, self.desk.clock())
        return page(
            request,
            self.desk,
            "models/models",
            seen=seen,
            silent=_silent(seen.health),
            drawing=drawing,
            bar=bar,
            curve=curve.drawn,
            money=money,
            count=count,
            took=took,
            asked=asked or {},
            answers=answers,
        )

    def _door(self) -> Door:
        return door(self.desk.view, self.desk.store)


def _silent(health: Health | None) -> tuple[str, ...]:
    """The names that nobody answers for just now."""
    models = health.models if health else ()
    return tuple(each.name for each in models if health and health.answering(each) is None)
