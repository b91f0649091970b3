"""`/admin/keys`: people's keys are made, listed and revoked. Each is shown once, when made."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.api.admin import told
from rackhouse.services.gateway.model.keys import PersonKey
from rackhouse.services.gateway.model.problem import BadRequest
from rackhouse.services.gateway.service.seams import Keys

_MOST = 2**31 - 1  # requests, or tokens, a minute


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A new key: `key` is what the person shows, and nobody can be told it again."""

    name: str
    key: str


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """All of people's keys, by name."""

    keys: tuple[PersonKey, ...]


class PeoplesKeys:
    """The paths' handlers."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def make(self, request: Request) -> Response:
        """POST: a `PersonKey` without `made`."""
        key = await told.body(request, PersonKey)
        _check(key)
        made = Made(name=key.name, key=await self._keys.make(key))
        return _answer(made, 201)

    async def all(self, _: Request) -> Response:
        """GET."""
        return _answer(Listed(keys=tuple(await self._keys.all())))

    async def revoke(self, request: Request) -> Response:
        """DELETE: every replica refuses it within five seconds."""
        await self._keys.revoke(request.path_params["name"])
        return Response(status_code=204)


def _check(key: PersonKey) -> None:
    told.name(key.name)
    for field in ("person", "application"):
        if said := getattr(key, field):
            told.name(said, field)
    told.limits(key.limits)
    for field in ("requests_per_minute", "tokens_per_minute"):
        if not 0 <= getattr(key, field) <= _MOST:
            what = f"`{field}` is no number from 0 to {_MOST}"
            raise BadRequest(what, fix="say 0 for no limit", param=field)
    if key.expires is not None and key.expires.tzinfo is None:
        raise BadRequest(
            "`expires` has no time zone", fix="write 2026-01-31T00:00:00Z", param="expires"
        )
    if key.made is not None:
        raise BadRequest("`made` is not told but kept", fix="leave it out", param="made")


def _answer(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")
