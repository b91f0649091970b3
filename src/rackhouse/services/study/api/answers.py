"""Answers, which nobody keeps on the way."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from rackhouse.kit.web.answers import JSON, UNKEPT


def answered(said: object, status: int = 200, *, kind: str = JSON) -> Response:
    """Of any struct; of a text where it is of another kind."""
    body = msgspec.json.encode(said) if kind == JSON else str(said).encode()
    return Response(body, status, dict(UNKEPT), kind)


def empty() -> Response:
    """It is done."""
    return Response(status_code=204, headers=dict(UNKEPT))
