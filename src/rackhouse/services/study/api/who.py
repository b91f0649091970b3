"""Who asks: nothing is believed but the token that the ingress signs."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from rackhouse.kit.identity import IDENTITY_HEADER


class Who(Protocol):
    """Names the person of a token. Unauthorized, Away."""

    async def subject(self, token: str) -> str:
        """Whose it is."""
        ...


async def asks(who: Who, request: Request) -> str:
    """The person who sent this. Two tokens are none: which of them was signed for it?"""
    tokens = request.headers.getlist(IDENTITY_HEADER)
    return await who.subject(tokens[0] if len(tokens) == 1 else "")
