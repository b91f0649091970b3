"""Answers in JSON, and problems; neither is kept by anybody on the way."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.study.model.problem import NotAllowed, NotFound, Problem, Unauthorized

JSON = "application/json"
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Fault(Struct, frozen=True, kw_only=True):
    """`param` names what of the request is meant; `perhaps` would be right."""

    code: str
    message: str
    fix: str
    param: str | None = None
    perhaps: tuple[str, ...] = ()


class ProblemShape(Struct, frozen=True, kw_only=True):
    """Every error."""

    error: Fault


def shaped(problem: Problem) -> ProblemShape:
    """As it is said."""
    return ProblemShape(
        error=Fault(
            code=problem.code,
            message=problem.what,
            fix=problem.fix,
            param=problem.param or None,
            perhaps=problem.perhaps,
        )
    )


def answered(said: object, status: int = 200, *, kind: str = JSON) -> Response:
    """Of any struct; of a text where it is of another kind."""
    body = msgspec.json.encode(said) if kind == JSON else str(said).encode()
    return Response(body, status, dict(_HEADERS), kind)


def empty() -> Response:
    """It is done."""
    return Response(status_code=204, headers=dict(_HEADERS))


async def refused(_: Request, error: Exception) -> Response:
    """What is wrong, and how to mend it."""
    assert isinstance(error, Problem)
    answer = answered(shaped(error), error.status)
    if isinstance(error, Unauthorized):
        answer.headers["www-authenticate"] = "Bearer"
    return answer


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
