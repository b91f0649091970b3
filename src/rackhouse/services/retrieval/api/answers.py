"""Answers and problems as JSON. Nothing is kept by whoever asked: what is found changes."""

from __future__ import annotations

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.retrieval.api import shapes
from rackhouse.services.retrieval.model.problem import NotAllowed, NotFound, Problem

JSON = "application/json"
_HEADERS = {"cache-control": "no-store"}


def said(answer: msgspec.Struct, status: int = 200) -> Response:
    """An answer."""
    return Response(msgspec.json.encode(answer), status, _HEADERS, JSON)


def done() -> Response:
    """There is nothing to say."""
    return Response(status_code=204, headers=_HEADERS)


async def refused(_: Request, error: Exception) -> Response:
    """What is wrong, where, and how to mend it."""
    assert isinstance(error, Problem)
    fault = shapes.Fault(
        code=error.code, message=error.what, fix=error.fix, param=error.param or None
    )
    headers = dict(_HEADERS)
    if error.retry_after:
        headers["retry-after"] = str(error.retry_after)
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    if error.status == 413:  # what it still sends is not read
        headers["connection"] = "close"
    return Response(msgspec.json.encode(shapes.Problem(error=fault)), error.status, headers, JSON)


async def unknown(request: Request, error: Exception) -> Response:
    """For a path that is not there, or is asked otherwise."""
    what = f"{request.method} {request.url.path[:80]} is not answered here"
    otherwise = isinstance(error, HTTPException) and error.status_code == NotAllowed.status
    problem = (NotAllowed if otherwise else NotFound)(what, fix="GET /openapi.json lists what is")
    answer = await refused(request, problem)
    if isinstance(error, HTTPException):
        answer.status_code = error.status_code
        answer.headers.update(error.headers or {})
    return answer


async def unexpected(request: Request, _: Exception) -> Response:
    """For a fault of our own: no more of it is said."""
    return await refused(
        request, Problem("the service failed", fix="its log says why: `rackhouse logs retrieval`")
    )
