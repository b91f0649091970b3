"""`GET /v1/random` and the verse of a day."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.scripture.api import shaping
from rackhouse.services.scripture.api.answers import kept
from rackhouse.services.scripture.api.asking import asked, dated
from rackhouse.services.scripture.api.finding import shapes
from rackhouse.services.scripture.api.shapes import Passage
from rackhouse.services.scripture.model.canon.books import BOOKS
from rackhouse.services.scripture.model.plans import verses
from rackhouse.services.scripture.model.reference import Range, written
from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.service.library import Library
from rackhouse.services.scripture.service.search import within

_LONGEST = 100  # characters of a seed
_EVERYTHING = (Range(BOOKS[0].first(), BOOKS[-1].last()),)


class Chance:
    """Passages that nobody asked for by name."""

    def __init__(self, held: Library) -> None:
        self._library = held

    async def of_day(self, request: Request) -> Response:
        """The verse of a day."""
        on = dated(request.path_params["date"], "date")
        if on is None:
            raise BadRequest("no day is named", fix="say a day, as 2026-12-24", param="date")
        some = self._chosen(request)
        told = shapes.DayVerse(
            date=on.isoformat(),
            passage=_passage(verses.of_day(on), some),
            translations=shaping.translations(some),
        )
        return kept(request, told)

    async def random(self, request: Request) -> Response:
        """One of a topic, of a part of the canon, or of all."""
        seed = asked(request, "seed", "7", needed=False)[:_LONGEST]
        topic = asked(request, "topic", "hope", needed=False).strip().lower()
        where = within(asked(request, "in", "nt", needed=False))
        some = self._chosen(request)
        own = seed or secrets.token_hex(6)
        told = shapes.Chance(
            seed=own,
            topic=topic or None,
            passage=_passage(_one(topic, where, own), some),
            translations=shaping.translations(some),
        )
        answer = kept(request, told)
        if not seed:
            answer.headers["cache-control"] = "no-store"
        return answer

    def _chosen(self, request: Request) -> tuple[Translation, ...]:
        named = asked(request, "translation", "kjv,asv", needed=False)
        return self._library.chosen(named).translations


def _one(topic: str, where: tuple[Range, ...], seed: str) -> Range:
    if topic:
        some = verses.of_topic(topic)
        if where:
            some = tuple(it for it in some if any(_has(each, it) for each in where))
        if not some:
            raise BadRequest(
                f"there is no verse of {topic} in that part",
                fix="leave out one of the two",
                param="in",
            )
        return some[verses.chance(seed, len(some))]
    id = verses.one_of(where or _EVERYTHING, seed)
    return Range(id, id)


def _has(whole: Range, part: Range) -> bool:
    return whole.first <= part.first and part.last <= whole.last


def _passage(some: Range, held: tuple[Translation, ...]) -> Passage:
    return Passage(
        reference=written(some),
        first=some.first,
        last=some.last,
        texts=shaping.texts(some, held),
    )
