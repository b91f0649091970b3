"""`GET /v1/search`: the verses that have the words."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api import shaping
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import asked, counted
from rackhouse.services.scripture.api.finding import shapes
from rackhouse.services.scripture.model.problem import BadReference
from rackhouse.services.scripture.model.reference import Range, Reference, written
from rackhouse.services.scripture.model.references.parse import parse
from rackhouse.services.scripture.model.search.query import LONGEST, read
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.search import MOST, Asked, Found, Searches, within

_FURTHEST = 100_000
_ORDERS = ("canon", "best")


class Search:
    """Over a library."""

    def __init__(self, held: Library, searches: Searches) -> None:
        self._library = held
        self._searches = searches

    async def search(self, request: Request) -> Response:
        """Those of one page, and how many there are in all."""
        q = asked(request, "q", "shepherd")
        chosen = self._library.chosen(asked(request, "translation", "kjv,asv", needed=False))
        said = Asked(
            query=read(q),
            translations=chosen.translations,
            within=within(asked(request, "in", "nt", needed=False)),
            best=ordered(asked(request, "order", "best", needed=False)),
            skip=counted(asked(request, "after", "20", needed=False), "after", 0, _FURTHEST),
            limit=counted(asked(request, "limit", "20", needed=False), "limit", 20, MOST),
        )
        found = await searched(self._searches, said)
        reference = referred(q)
        told = shapes.Search(
            q=q,
            total=found.total,
            relaxed=found.relaxed,
            reference=str(reference) if reference else None,
            perhaps=found.perhaps,
            books=tuple(shapes.Count(book=it.code, count=count) for it, count in found.books),
            hits=_hits(found),
            next=str(found.after) if found.after else None,
            translations=shaping.translations(chosen.translations),
        )
        return kept(request, told, pinned=False)


async def searched(searches: Searches, said: Asked) -> Found:
    """What is found. The first time an index is built, and others are answered meanwhile."""
    if searches.ready(said.translations):
        return searches.find(said)
    return await asyncio.to_thread(searches.find, said)


@lru_cache(maxsize=1_000)
def referred(q: str) -> Reference | None:
    """The reference that a search is, where it is one."""
    try:
        return parse(q[:LONGEST])
    except BadReference:
        return None


def ordered(said: str) -> bool:
    """Whether the best come first. BadRequest."""
    if said and said not in _ORDERS:
        raise BadRequest(
            f"there is no order {said[:20]!r}",
            fix=f"say {' or '.join(_ORDERS)}",
            param="order",
        )
    return said == "best"


def _hits(found: Found) -> tuple[shapes.Hit, ...]:
    return tuple(
        shapes.Hit(
            id=each.id,
            reference=written(Range(each.id, each.id)),
            matches=tuple(
                shapes.Match(translation=it.translation.about.id, text=it.text, marks=it.marks)
                for it in each.texts
            ),
        )
        for each in found.hits
    )
