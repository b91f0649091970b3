"""Conversations: listed, read, exported, shared, deleted; and everything of a person at once."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.study.api.answers import answered, empty
from rackhouse.services.study.api.kept import shapes
from rackhouse.services.study.api.who import Who, asks
from rackhouse.services.study.model import markdown
from rackhouse.services.study.model.kept import LAST, Conversation
from rackhouse.services.study.service import handing
from rackhouse.services.study.service.keeping import Kept

_UNSAFE = re.compile(r"[^a-z0-9]+")


class Conversations:
    """What was asked and answered."""

    def __init__(self, kept: Kept, who: Who) -> None:
        self._kept = kept
        self._who = who

    async def all(self, request: Request) -> Response:
        """`GET /v1/conversations`."""
        subject = await asks(self._who, request)
        some = tuple(await self._kept.conversations.all(subject))
        return answered(shapes.Conversations(conversations=some))

    async def one(self, request: Request) -> Response:
        """`GET /v1/conversations/{id}`."""
        return answered((await self._held(request))[1])

    async def remove(self, request: Request) -> Response:
        """`DELETE /v1/conversations/{id}`."""
        subject = await asks(self._who, request)
        if not await self._kept.conversations.remove(subject, request.path_params["id"]):
            raise none("conversation")
        return empty()

    async def exported(self, request: Request) -> Response:
        """`GET /v1/conversations/{id}/export?format=`."""
        _, held = await self._held(request)
        form = request.query_params.get("format", "json")
        name = _UNSAFE.sub("-", held.title.lower()).strip("-")[:40] or "study"
        if form == "json":
            answer = answered(held)
        elif form == "markdown":
            text = markdown.written(held.title, held.turns)
            answer = answered(text, kind="text/markdown; charset=utf-8")
        else:
            raise BadRequest(
                f"there is no format {form[:20]!r}", fix="ask for json or markdown", param="format"
            )
        ending = {"json": "json", "markdown": "md"}[form]
        answer.headers["content-disposition"] = f'attachment; filename="{name}.{ending}"'
        return answer

    async def share(self, request: Request) -> Response:
        """`POST /v1/conversations/{id}/shares`."""
        subject, held = await self._held(request)
        secret, digest = handing.new()
        share = await self._kept.shares.add(subject, digest, handing.frozen(held))
        told = shapes.Handed(id=share.id, secret=secret, path=f"/ask/shared/{secret}")
        return answered(told, 201)

    async def everything(self, request: Request) -> Response:
        """`GET /v1/mine`."""
        subject = await asks(self._who, request)
        kept, some = self._kept, []
        for about in await kept.conversations.all(subject, 10_000):
            held = await kept.conversations.one(subject, about.id)
            if held is not None:
                some.append(held)
        told = shapes.Everything(
            conversations=tuple(some),
            facts=tuple(await kept.facts.all(subject)),
            notes=tuple(await kept.notes.within(subject, 0, LAST)),
            highlights=tuple(await kept.notes.highlights(subject, 0, LAST)),
            shares=tuple(await kept.shares.all(subject)),
            tokens=tuple(await kept.tokens.all(subject)),
        )
        return answered(told)

    async def forget(self, request: Request) -> Response:
        """`DELETE /v1/mine`."""
        await self._kept.forget(await asks(self._who, request))
        return empty()

    async def _held(self, request: Request) -> tuple[str, Conversation]:
        subject = await asks(self._who, request)
        held = await self._kept.conversations.one(subject, request.path_params["id"])
        if held is None:
            raise none("conversation")
        return subject, held


def none(thing: str) -> NotFound:
    """There is none of that id, or it is another person's."""
    return NotFound(f"there is no such {thing}", fix="look at the list: perhaps it was deleted")
