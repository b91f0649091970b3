"""Which pages are the owner's alone: anybody else is asked to sign in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rackhouse.console.guard import visit_of

Handler = Callable[[Request], Awaitable[Response]]


def owner(handler: Handler) -> Handler:
    """The handler, for the owner: a page leads others to the sign-in, a form answers them 401."""

    async def guarded(request: Request) -> Response:
        if visit_of(request).owner:
            return await handler(request)
        if request.method == "POST":
            raise HTTPException(401, "sign in first")
        return RedirectResponse("/sign-in", 303)

    return guarded
