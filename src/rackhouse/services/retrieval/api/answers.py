"""Answers as JSON. Nothing is kept by whoever asked: what is found changes."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from rackhouse.kit.web.answers import JSON, UNKEPT


def said(answer: msgspec.Struct, status: int = 200) -> Response:
    """An answer."""
    return Response(msgspec.json.encode(answer), status, UNKEPT, JSON)


def done() -> Response:
    """There is nothing to say."""
    return Response(status_code=204, headers=UNKEPT)
