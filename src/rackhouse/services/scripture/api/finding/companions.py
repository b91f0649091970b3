"""`GET /v1/references/{ref}/cross`, `GET /v1/topics`, `GET /v1/topics/{topic}`."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import asked, counted
from rackhouse.services.scripture.api.finding import shapes
from rackhouse.services.scripture.model.links import Links
from rackhouse.services.scripture.model.reference import Range, Reference, written
from rackhouse.services.scripture.model.topics import Topics
from rackhouse.services.scripture.service import library
from rackhouse.services.scripture.service.companions import Companions as Held

_MOST = 200
_LONGEST = 100


class Companions:
    """Where a source is installed; else a problem that says how it would be."""

    def __init__(self, held: Held) -> None:
        self._held = held

    async def cross(self, request: Request) -> Response:
        """The passages that belong to a reference, the best first."""
        links = self._held.linked()
        reference = library.referred(request.path_params["ref"])
        most = counted(asked(request, "limit", "20", needed=False), "limit", 20, _MOST)
        told = shapes.Cross(
            reference=str(reference),
            source=_source(links),
            references=tuple(
                shapes.CrossReference(
                    of=each.of,
                    reference=written(each.to),
                    first=each.to.first,
                    last=each.to.last,
                    votes=each.votes,
                )
                for each in links.of(reference.ranges, most)
            ),
        )
        return kept(request, told)

    async def topics(self, request: Request) -> Response:
        """Subjects by name, or those that name a verse."""
        held = self._held.topical()
        q, ref = (asked(request, name, "faith", needed=False)[:_LONGEST] for name in ("q", "ref"))
        most = counted(asked(request, "limit", "20", needed=False), "limit", 20, _MOST)
        if bool(q.strip()) == bool(ref.strip()):
            raise BadRequest("what to look for is not said", fix="say ?q=faith or ?ref=", param="q")
        some = held.called(q, most) if q else _of(held, library.referred(ref), most)
        told = shapes.Topics(
            source=_source(held),
            topics=tuple(shapes.TopicName(id=id, name=name) for id, name in some),
        )
        return kept(request, told)

    async def topic(self, request: Request) -> Response:
        """One subject."""
        held = self._held.topical()
        topic = self._held.topic(request.path_params["topic"][:_LONGEST])
        told = shapes.Topic(
            id=topic.id,
            name=topic.name,
            source=_source(held),
            see=tuple(
                shapes.TopicName(id=other.id, name=other.name)
                for name in topic.see
                if (other := held.topic(name))
            ),
            lines=tuple(
                shapes.TopicLine(text=it.text, depth=it.depth, references=_places(it.verses))
                for it in topic.lines
            ),
        )
        return kept(request, told)


def _of(held: Topics, reference: Reference, most: int) -> list[tuple[str, str]]:
    told = dict.fromkeys(it for each in reference.ranges for it in held.of(each, most))
    return list(told)[:most]


def _places(some: Iterable[Range]) -> tuple[shapes.Verses, ...]:
    return tuple(
        shapes.Verses(reference=written(each), first=each.first, last=each.last) for each in some
    )


def _source(held: Links | Topics) -> shapes.Source:
    return shapes.Source(
        name=held.name, licence=held.licence.name, attribution=held.licence.attribution
    )
