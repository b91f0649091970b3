"""The pages of what people keep: their conversations, what is remembered, what they handed out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.problem import BadRequest, NotFound
from rackhouse.services.study.api.pages.asking import Asking
from rackhouse.services.study.api.pages.desk import Desk, first, form, moved
from rackhouse.services.study.model import question
from rackhouse.services.study.service import handing
from rackhouse.services.study.service.conversing import DAYS

_NAME = 100  # characters


class Keeping:
    """Seen and deleted by forms, so that no script is needed."""

    def __init__(self, desk: Desk, asking: Asking) -> None:
        self._desk = desk
        self._asking = asking

    async def history(self, request: Request) -> Response:
        """`GET /ask/history`."""
        subject = await self._desk.person(request)
        some = await self._desk.kept.conversations.all(subject, 500)
        return self._desk.page("history", conversations=some)

    async def delete(self, request: Request) -> Response:
        """`POST /ask/conversations/{id}/delete`."""
        subject = await self._desk.person(request)
        await self._desk.kept.conversations.remove(subject, request.path_params["id"])
        return moved("/ask/history")

    async def share(self, request: Request) -> Response:
        """`POST /ask/conversations/{id}/share`: the link is shown this once."""
        held = await self._asking.held(request)
        subject = await self._desk.person(request)
        secret, digest = handing.new()
        await self._desk.kept.shares.add(subject, digest, handing.frozen(held))
        return self._desk.page("handed", kind="link", title=held.title, secret=secret)

    async def shared(self, request: Request) -> Response:
        """`GET /ask/shared/{secret}`."""
        await self._desk.person(request)
        digest = handing.digest(request.path_params["secret"])
        held = await self._desk.kept.shares.shown(digest)
        if held is None:
            raise NotFound("this link shows nothing", fix="perhaps it was revoked: ask who sent it")
        return self._desk.page("shared", frozen=held)

    async def memory(self, request: Request) -> Response:
        """`GET /ask/memory`."""
        subject = await self._desk.person(request)
        return self._desk.page("memory", facts=await self._desk.kept.facts.all(subject))

    async def remember(self, request: Request) -> Response:
        """`POST /ask/memory`."""
        subject = await self._desk.person(request)
        text = question.read(first(await form(request), "text")[:300])
        await self._desk.kept.facts.add(
            subject,
            text,
            sentence=text,
            conversation=None,
            expires=datetime.now(UTC) + timedelta(days=DAYS),
        )
        return moved("/ask/memory")

    async def forget(self, request: Request) -> Response:
        """`POST /ask/memory/{id}/forget`."""
        subject = await self._desk.person(request)
        await self._desk.kept.facts.remove(subject, request.path_params["id"])
        return moved("/ask/memory")

    async def handed(self, request: Request) -> Response:
        """`GET /ask/handed`."""
        subject = await self._desk.person(request)
        kept = self._desk.kept
        shares, tokens = await kept.shares.all(subject), await kept.tokens.all(subject)
        return self._desk.page("handing", shares=shares, tokens=tokens)

    async def token(self, request: Request) -> Response:
        """`POST /ask/handed/tokens`: the key is shown this once."""
        subject = await self._desk.person(request)
        name = " ".join(first(await form(request), "name").split())[:_NAME]
        if not name.isprintable() or not name:
            raise BadRequest("the key has no name", fix="say which program it is for", param="name")
        secret, digest = handing.new(handing.KEY)
        await self._desk.kept.tokens.add(subject, digest, name)
        return self._desk.page("handed", kind="key", title=name, secret=secret)

    async def revoke(self, request: Request) -> Response:
        """`POST /ask/handed/{kind}/{id}/revoke`."""
        subject = await self._desk.person(request)
        kept, id = self._desk.kept, request.path_params["id"]
        shelf = kept.shares if request.path_params["kind"] == "shares" else kept.tokens
        await shelf.remove(subject, id)
        return moved("/ask/handed")
