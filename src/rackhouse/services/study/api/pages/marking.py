"""Notes and colours on verses: all of a person's on one page, and the forms beside a passage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.study.api.pages.desk import Desk, first, form, moved
from rackhouse.services.study.model import question
from rackhouse.services.study.model.canon import Canon
from rackhouse.services.study.model.kept import COLOURS, LAST, Highlight

_VERSES = 180  # that are coloured at once: the longest chapter has 176


@dataclass(frozen=True, slots=True)
class Marked:
    """A passage, and what a person did to it."""

    reference: str
    code: str
    colour: str = ""
    text: str = ""


class Marking:
    """Seen and changed by forms, so that no script is needed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def all(self, request: Request) -> Response:
        """`GET /ask/notes`."""
        subject = await self._desk.person(request)
        canon = await self._desk.scripture.canon()
        notes = await self._desk.kept.notes.within(subject, 0, LAST)
        coloured = await self._desk.kept.notes.highlights(subject, 0, LAST)
        return self._desk.page(
            "notes",
            notes=[_marked(canon, it.first, it.last, text=it.text) for it in notes],
            coloured=[_marked(canon, *ends, colour=it) for *ends, it in _runs(coloured)],
        )

    async def note(self, request: Request) -> Response:
        """`POST /ask/passages/{code}/notes`."""
        subject = await self._desk.person(request)
        canon = await self._desk.scripture.canon()
        ends = canon.read(request.path_params["code"])
        text = question.cleaned(first(await form(request), "text"))[:20_000]
        if ends is None or not text:
            raise BadRequest("there is nothing to note", fix="write something", param="text")
        await self._desk.kept.notes.add(subject, *ends, text)
        return moved(f"/ask/passages/{canon.code(*ends)}")

    async def colour(self, request: Request) -> Response:
        """`POST /ask/passages/{code}/colour`: each verse of it, or "" for none."""
        subject = await self._desk.person(request)
        canon = await self._desk.scripture.canon()
        ends = canon.read(request.path_params["code"])
        said = first(await form(request), "colour")
        if ends is None or said not in ("", *COLOURS):
            raise BadRequest("there is nothing to colour", fix="load the page again")
        for verse in islice(canon.verses(*ends), _VERSES):
            await self._desk.kept.notes.highlight(subject, verse, said)
        return moved(f"/ask/passages/{canon.code(*ends)}")

    async def unnote(self, request: Request) -> Response:
        """`POST /ask/passages/{code}/notes/{id}/delete`."""
        subject = await self._desk.person(request)
        await self._desk.kept.notes.remove(subject, request.path_params["id"])
        return moved(f"/ask/passages/{request.path_params['code']}")


def _marked(canon: Canon, first: int, last: int, *, colour: str = "", text: str = "") -> Marked:
    return Marked(canon.written(first, last), canon.code(first, last), colour, text)


def _runs(some: Iterable[Highlight]) -> Iterator[tuple[int, int, str]]:
    """Verses of one chapter that follow each other in one colour: the first, the last, which."""
    held: tuple[int, int, str] | None = None
    for each in some:
        if held and held[2] == each.colour and each.verse == held[1] + 1:
            held = held[0], each.verse, each.colour
            continue
        if held:
            yield held
        held = each.verse, each.verse, each.colour
    if held:
        yield held
