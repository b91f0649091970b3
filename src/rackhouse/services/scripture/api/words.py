"""`GET /v1/strongs/{number}`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.scripture.api import shapes, shaping
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import asked
from rackhouse.services.scripture.model.reference import Range, written
from rackhouse.services.scripture.model.work import Entry, Work
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.words import studied
from rackhouse.services.scripture.service.works import defined


class Words:
    """Words of the first languages."""

    def __init__(self, held: Library) -> None:
        self._library = held

    async def strong(self, request: Request) -> Response:
        """One by its number."""
        told = studied(
            self._library,
            request.path_params["number"],
            asked(request, "translation", "kjv-strong", needed=False),
            limit=asked(request, "limit", "100", needed=False),
            after=asked(request, "after", "1001001", needed=False),
        )
        return kept(
            request,
            shapes.Strong(
                number=told.number,
                count=told.count,
                verses=told.places,
                renderings=tuple(
                    shapes.Rendering(text=text, count=count) for text, count in told.renderings
                ),
                occurrences=tuple(
                    shapes.Occurrence(
                        id=verse.id,
                        reference=written(Range(verse.id, verse.id)),
                        text=verse.text,
                        renderings=words,
                    )
                    for verse, words in told.verses
                ),
                next=told.next,
                translation=shaping.translation(told.translation),
                definition=_definition(defined(self._library, told.number)),
            ),
        )


def _definition(told: tuple[Work, Entry] | None) -> shapes.Definition | None:
    if told is None:
        return None
    work, entry = told
    return shapes.Definition(
        work=work.about.id,
        name=work.about.name,
        text=entry.text,
        licence=work.about.licence.name,
        attribution=work.about.licence.attribution,
    )
