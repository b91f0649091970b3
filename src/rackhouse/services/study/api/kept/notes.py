"""Notes and highlights, by verse."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest
from rackhouse.services.study.api import reading
from rackhouse.services.study.api.answers import answered, empty
from rackhouse.services.study.api.kept import shapes
from rackhouse.services.study.api.kept.conversations import none
from rackhouse.services.study.api.who import Who, asks
from rackhouse.services.study.model import question
from rackhouse.services.study.model.kept import COLOURS, LAST
from rackhouse.services.study.service.keeping import Kept
from rackhouse.services.study.service.seams import Scripture

_MOST = 128 * 1024  # bytes of a note


class Notes:
    """A person's own words and colours on verses."""

    def __init__(self, kept: Kept, who: Who, scripture: Scripture) -> None:
        self._kept = kept
        self._who = who
        self._scripture = scripture

    async def all(self, request: Request) -> Response:
        """`GET /v1/notes?first=&last=`: all, where nothing is said."""
        subject = await asks(self._who, request)
        first, last = _number(request, "first", 0), _number(request, "last", LAST)
        notes = await self._kept.notes.within(subject, first, last)
        colours = await self._kept.notes.highlights(subject, first, last)
        return answered(shapes.Marks(notes=tuple(notes), highlights=tuple(colours)))

    async def add(self, request: Request) -> Response:
        """`POST /v1/notes`."""
        subject = await asks(self._who, request)
        asked = await reading.body(request, shapes.NewNote, _MOST)
        await self._there(asked.first)
        await self._there(asked.last)
        if asked.last < asked.first:
            raise BadRequest("`last` is before `first`", fix="say them in order", param="last")
        note = await self._kept.notes.add(subject, asked.first, asked.last, _text(asked.text))
        return answered(note, 201)

    async def change(self, request: Request) -> Response:
        """`PUT /v1/notes/{id}`."""
        subject = await asks(self._who, request)
        asked = await reading.body(request, shapes.NewText, _MOST)
        note = await self._kept.notes.change(subject, request.path_params["id"], _text(asked.text))
        if note is None:
            raise none("note")
        return answered(note)

    async def remove(self, request: Request) -> Response:
        """`DELETE /v1/notes/{id}`."""
        subject = await asks(self._who, request)
        if not await self._kept.notes.remove(subject, request.path_params["id"]):
            raise none("note")
        return empty()

    async def highlight(self, request: Request) -> Response:
        """`PUT /v1/highlights/{verse}`."""
        subject = await asks(self._who, request)
        asked = await reading.body(request, shapes.NewColour)
        if asked.colour not in COLOURS:
            raise BadRequest(
                f"there is no colour {asked.colour[:20]!r}",
                fix=f"say one of: {', '.join(COLOURS)}",
                param="colour",
            )
        verse = request.path_params["verse"]
        await self._there(verse)
        await self._kept.notes.highlight(subject, verse, asked.colour)
        return empty()

    async def plain(self, request: Request) -> Response:
        """`DELETE /v1/highlights/{verse}`."""
        subject = await asks(self._who, request)
        if request.path_params["verse"] <= LAST:
            await self._kept.notes.highlight(subject, request.path_params["verse"], "")
        return empty()

    async def _there(self, verse: int) -> None:
        if not (await self._scripture.canon()).has(verse):
            raise BadRequest(
                f"there is no verse {verse}",
                fix="a verse is book * 1,000,000 + chapter * 1,000 + verse, as 43003016",
                param="verse",
            )


def _text(said: str) -> str:
    text = question.cleaned(said)
    if not text:
        raise BadRequest("the note is empty", fix="write something, or delete it", param="text")
    return text


def _number(request: Request, name: str, otherwise: int) -> int:
    said = request.query_params.get(name, "")
    if not said:
        return otherwise
    if said.isascii() and said.isdecimal() and len(said) < 9:
        return min(int(said), LAST)
    raise BadRequest(f"{name} is no number of a verse", fix="as 43003016", param=name)
