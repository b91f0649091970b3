"""The asking pages: a form that works without a script, the same streamed with one; a conversation;
and a passage, whole or as what is laid beside an answer.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import NotFound, Problem
from rackhouse.services.study.api.pages.desk import Desk, first, form, moved
from rackhouse.services.study.api.pages.telling import Telling
from rackhouse.services.study.api.stream import streamed_as
from rackhouse.services.study.model import question
from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.model.canon import CHAPTER
from rackhouse.services.study.model.kept import COLOURS, Conversation
from rackhouse.services.study.service.events import Tell
from rackhouse.services.study.service.study import Asked

_AROUND = 3  # verses before and after a passage that is opened
_VERSES = 60  # of a passage that is opened


class Asking:
    """What is asked, and what is answered."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def home(self, request: Request) -> Response:
        """`GET /`."""
        await self._desk.person(request)
        return moved("/ask")

    async def elsewhere(self, _: Request) -> Response:
        """A reading page, where study is reached by itself. NotFound."""
        raise NotFound(
            "the pages to read are not at this address",
            fix="`rackhouse open scripture` leads there",
        )

    async def blank(self, request: Request) -> Response:
        """`GET /ask?q=`: what is asked by a link is asked only when a person presses the button."""
        subject = await self._desk.person(request)
        recent = await self._recent(subject)
        return self._desk.page(
            "ask",
            asked=request.query_params.get("q", "")[: question.LONGEST],
            translations=await self._desk.translations(),
            recent=recent,
        )

    async def ask(self, request: Request) -> Response:
        """`POST /ask`: answered, then shown where it is kept."""
        subject = await self._desk.person(request)
        asked = _asked(await form(request))
        answer = await self._desk.study.ask(subject, asked)
        if answer.conversation:
            return moved(f"/ask/conversations/{answer.conversation}#latest")
        return self._desk.page("answered", answer=answer)

    async def stream(self, request: Request) -> Response:
        """`POST /ask/stream`: the same as events whose data is ready to be shown."""
        subject = await self._desk.person(request)
        asked = _asked(await form(request))
        question.read(asked.question)

        async def make(tell: Tell) -> Answer:
            return await self._desk.study.ask(subject, asked, tell)

        return streamed_as(make, Telling(self._desk).written)

    async def conversation(self, request: Request) -> Response:
        """`GET /ask/conversations/{id}`."""
        held = await self.held(request)
        return self._desk.page(
            "conversation", conversation=held, translations=await self._desk.translations()
        )

    async def held(self, request: Request) -> Conversation:
        """The conversation that is asked for. NotFound."""
        subject = await self._desk.person(request)
        held = await self._desk.kept.conversations.one(subject, request.path_params["id"])
        if held is None:
            raise NotFound("there is no such conversation", fix="perhaps it was deleted")
        return held

    async def passage(self, request: Request) -> Response:
        """`GET /ask/passages/{code}`; with `?beside` as a part of a page."""
        subject = await self._desk.person(request)
        canon = await self._desk.scripture.canon()
        ends = canon.read(request.path_params["code"])
        if ends is None:
            raise NotFound("there is no such passage", fix="name one as JHN.3.16")
        first_, last = ends
        last = min(last, first_ + _VERSES, canon.last(first_))
        start = max(first_ - _AROUND, first_ // CHAPTER * CHAPTER + 1)
        wide = (start, min(last + _AROUND, canon.last(first_)))
        held = await self._desk.translations()
        (words,) = await self._desk.scripture.passages([wide], [each.id for each in held])
        values: dict[str, Any] = {
            "reference": canon.written(first_, last),
            "code": canon.code(first_, last),
            "first": first_,
            "last": last,
            "words": words,
            "translations": held,
            "shown": {each.translation for each in words if each.verses},
            "chapter": _read(canon.code(first_, last)),
            "notes": await self._desk.kept.notes.within(subject, first_, last),
            "colours": {
                each.verse: each.colour
                for each in await self._desk.kept.notes.highlights(subject, *wide)
            },
            "palette": COLOURS,
        }
        name = "beside" if "beside" in request.query_params else "passage"
        return self._desk.page(name, **values)

    async def _recent(self, subject: str) -> object:
        try:
            return await self._desk.kept.conversations.all(subject, 5)
        except Problem:
            return ()


def _read(code: str) -> str:
    """The page of scripture's that has a passage of one chapter: `JHN.3.16-18`."""
    book, chapter, verses = code.split(".")
    return f"/read/{book}/{chapter}/{verses}#v{verses.partition('-')[0]}"


def _asked(fields: dict[str, list[str]]) -> Asked:
    return Asked(
        question=first(fields, "question"),
        translations=tuple(filter(None, fields.get("translation", []))),
        model=first(fields, "without") != "model",
        conversation=first(fields, "conversation"),
        keep=first(fields, "forget") != "on",
    )
