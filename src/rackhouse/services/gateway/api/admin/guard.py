"""`/admin` is the owner's alone: whoever shows the rack's own key, compared in constant time."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.gateway.api import http
from rackhouse.services.gateway.model.problem import Problem, Unauthorized

Handler = Callable[[Request], Awaitable[Response]]


def owner(secret: str, handler: Handler) -> Handler:
    """`handler`, for whoever shows `secret`; nobody may while it is "". Problems are told."""

    async def guarded(request: Request) -> Response:
        try:
            given = http.token(request.scope)
            if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
                raise Unauthorized(
                    "this is not the rack's own key",
                    fix="it is `admin` of the gateway's file; `rackhouse models` asks with it",
                )
            return await handler(request)
        except Problem as problem:
            return http.answer(problem)

    return guarded
