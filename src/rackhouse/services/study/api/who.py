"""Who asks: nothing is believed but the token that the ingress signs."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from rackhouse.kit.identity import IDENTITY_HEADER
from rackhouse.kit.web.problem import Forbidden

_READS = {"GET", "HEAD"}
_OURS = {"same-origin", "none", ""}


class Who(Protocol):
    """Names the person of a token. Unauthorized, Away."""

    async def subject(self, token: str) -> str:
        """Whose it is."""
        ...


async def asks(who: Who, request: Request) -> str:
    """The person who sent this. Two tokens are none: which of them was signed for it? Forbidden for
    what another site's page has a browser send in that person's name.
    """
    tokens = request.headers.getlist(IDENTITY_HEADER)
    subject = await who.subject(tokens[0] if len(tokens) == 1 else "")
    if request.method not in _READS and not _own(request):
        raise Forbidden(
            "another site's page sent this in your name", fix="ask from this application's own page"
        )
    return subject


def _own(request: Request) -> bool:
    """Whether it comes from our own page, or from no browser."""
    if request.headers.get("sec-fetch-site", "") not in _OURS:
        return False
    origin = request.headers.get("origin", "")
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    return not origin or origin.partition("://")[2] == host
