"""A word of Hebrew or Greek as a page: what it means, how it is rendered, where it stands."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.scripture.api.pages.desk import Desk
from rackhouse.services.scripture.service.words import studied
from rackhouse.services.scripture.service.works import defined

_VERSES = "50"


class Words:
    """`/words/G26`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def word(self, request: Request) -> Response:
        """One by its Strong's number."""
        held, asked = self._desk.library, request.query_params
        told = studied(
            held,
            request.path_params["number"],
            asked.get("in", ""),
            limit=_VERSES,
            after=asked.get("after", ""),
        )
        work, entry = defined(held, told.number) or (None, None)
        return self._desk.page(
            request, "word", told=told, work=work, entry=entry, said=asked.get("in", "")
        )
