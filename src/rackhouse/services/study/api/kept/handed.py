"""Links and keys that were handed out: listed and revoked. And what a link shows."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.study.api import reading
from rackhouse.services.study.api.answers import answered, empty
from rackhouse.services.study.api.kept import shapes
from rackhouse.services.study.api.kept.conversations import none
from rackhouse.services.study.api.who import Who, asks
from rackhouse.services.study.service import handing
from rackhouse.services.study.service.keeping import Kept


class Handed:
    """What opens something to others."""

    def __init__(self, kept: Kept, who: Who) -> None:
        self._kept = kept
        self._who = who

    async def shares(self, request: Request) -> Response:
        """`GET /v1/shares`."""
        subject = await asks(self._who, request)
        return answered(shapes.Shares(shares=tuple(await self._kept.shares.all(subject))))

    async def revoke(self, request: Request) -> Response:
        """`DELETE /v1/shares/{id}`."""
        subject = await asks(self._who, request)
        if not await self._kept.shares.remove(subject, request.path_params["id"]):
            raise none("link")
        return empty()

    async def shown(self, request: Request) -> Response:
        """`GET /v1/shared/{secret}`: for whoever is signed in."""
        await asks(self._who, request)
        held = await self._kept.shares.shown(handing.digest(request.path_params["secret"]))
        if held is None:
            raise none("link")
        return answered(held)

    async def tokens(self, request: Request) -> Response:
        """`GET /v1/tokens`."""
        subject = await asks(self._who, request)
        return answered(shapes.Tokens(tokens=tuple(await self._kept.tokens.all(subject))))

    async def token(self, request: Request) -> Response:
        """`POST /v1/tokens`."""
        subject = await asks(self._who, request)
        asked = await reading.body(request, shapes.NewToken)
        secret, digest = handing.new(handing.KEY)
        made = await self._kept.tokens.add(subject, digest, asked.name)
        return answered(shapes.Handed(id=made.id, secret=secret), 201)

    async def void(self, request: Request) -> Response:
        """`DELETE /v1/tokens/{id}`."""
        subject = await asks(self._who, request)
        if not await self._kept.tokens.remove(subject, request.path_params["id"]):
            raise none("key")
        return empty()
