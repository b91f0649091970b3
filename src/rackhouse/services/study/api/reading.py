"""What is sent: a body that is not too long, as the struct that is expected."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request

from rackhouse.kit.web.problem import BadRequest, TooLarge

T = TypeVar("T")
MOST = 64 * 1024  # bytes of a body


async def body(request: Request, expected: type[T], most: int = MOST) -> T:
    """BadRequest, TooLarge."""
    try:
        return msgspec.json.decode(await whole(request, most), type=expected)
    except msgspec.ValidationError as error:
        raise BadRequest(f"the body is not as expected: {error}", fix=_FIX) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("the body is no JSON", fix=_FIX) from None


async def whole(request: Request, most: int = MOST) -> bytes:
    """All of it; no more is held than may be sent."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLarge(
                f"the body has more than {most:,} bytes", fix="send less: a question is a line"
            )
        parts.append(part)
    return b"".join(parts)


_FIX = "GET /openapi.json describes it"
