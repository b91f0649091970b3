"""`GET /v1/works` and what they say."""

from __future__ import annotations

from msgspec import structs
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.scripture.api import work_shapes as shapes
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import asked
from rackhouse.services.scripture.model.reference import Range, written
from rackhouse.services.scripture.model.work import Entry, Place, Work
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.works import shown, work_named


class Works:
    """Commentaries, lexicons and topics."""

    def __init__(self, held: Library) -> None:
        self._library = held

    async def works(self, request: Request) -> Response:
        """`GET /v1/works`."""
        return kept(request, shapes.Works(works=tuple(map(work, self._library.works))))

    async def entries(self, request: Request) -> Response:
        """`GET /v1/works/{work}/entries?ref=|key=`."""
        told = shown(
            work_named(self._library, request.path_params["work"]),
            reference=asked(request, "ref", "John 3:16", needed=False),
            key=asked(request, "key", "AARON", needed=False),
            limit=asked(request, "limit", "20", needed=False),
            after=asked(request, "after", "0", needed=False),
        )
        some = tuple(map(entry, told.entries)) or tuple(map(_place, told.places))
        return kept(request, shapes.Entries(work=work(told.work), entries=some, next=told.next))


def work(told: Work) -> shapes.Work:
    """With its licence, which no answer with its words is without."""
    about = told.about
    return shapes.Work(
        id=about.id,
        name=about.name,
        kind=told.kind,
        language=about.language,
        licence=about.licence.name,
        attribution=about.licence.attribution,
        digest=told.digest,
        entries=len(told),
    )


def entry(told: Entry) -> shapes.Entry:
    """With its text."""
    marks = tuple(
        shapes.Mark(
            start=it.start,
            end=it.end,
            reference=written(Range(it.first, it.last)),
            first=it.first,
            last=it.last,
        )
        for it in told.marks
    )
    return structs.replace(_place(told.place), text=told.text, references=marks)


def _place(place: Place) -> shapes.Entry:
    return shapes.Entry(
        at=place.at,
        key=place.key,
        reference=_reference(place),
        first=place.first,
        last=place.last,
    )


def _reference(place: Place) -> str:
    return written(Range(place.first, place.last)) if place.first else ""
