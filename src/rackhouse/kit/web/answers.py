"""Problems as JSON, and the handlers that make an answer of each. Nobody keeps one on the way."""

from __future__ import annotations

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web import shapes
from rackhouse.kit.web.problem import NotAllowed, NotFound, Problem, TooLarge, Unauthorized

JSON = "application/json"
UNKEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def shaped(problem: Problem) -> shapes.Problem:
    """As it is said."""
    return shapes.Problem(
        error=shapes.Fault(
            code=problem.code,
            message=problem.what,
            fix=problem.fix,
            param=problem.param or None,
            at=problem.at,
            perhaps=problem.perhaps,
        )
    )


async def refused(_: Request, error: Exception) -> Response:
    """What is wrong, where, and how to mend it."""
    assert isinstance(error, Problem)
    headers = dict(UNKEPT)
    if error.retry_after:
        headers["retry-after"] = str(error.retry_after)
    if isinstance(error, Unauthorized):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, TooLarge):  # what it still sends is not read
        headers["connection"] = "close"
    return Response(msgspec.json.encode(shaped(error)), error.status, headers, JSON)


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
    return await refused(request, Problem("the service failed", fix="its log says how"))
