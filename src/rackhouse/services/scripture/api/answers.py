"""Answers that may be kept by whoever asked, and problems, which may not."""

from __future__ import annotations

import hashlib

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.services.scripture.api import shapes
from rackhouse.services.scripture.model.problem import BadReference, NotFound, NotRead, Problem

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
_FOR_EVER = "public, max-age=31536000, immutable"  # the address names the words by their digest
A_WHILE = "public, max-age=300, must-revalidate"


def kept(request: Request, said: msgspec.Struct | str, *, pinned: bool = False) -> Response:
    """An answer with its ETag; without a body where the client has it already."""
    body = said.encode() if isinstance(said, str) else msgspec.json.encode(said)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "etag": tag,
        "cache-control": _FOR_EVER if pinned else A_WHILE,
        "vary": "accept",
    }
    if has(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, PLAIN if isinstance(said, str) else JSON)


def has(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` names it."""
    said = ",".join(request.headers.getlist("if-none-match"))
    tags = {each.strip().removeprefix("W/") for each in said.split(",")}
    return bool(tags & {tag, "*"})


def wants_plain(request: Request) -> bool:
    """Whether text is liked better than JSON. Whoever likes anything gets JSON."""
    liked = {}
    for each in request.headers.get("accept", "*/*").lower().split(","):
        kind, _, rest = each.partition(";")
        liked[kind.strip()] = _quality(rest)
    return _liking(liked, "text/plain") > _liking(liked, JSON)


def _liking(liked: dict[str, float], kind: str) -> float:
    """How much, by the most exact word for it."""
    group = f"{kind.partition('/')[0]}/*"
    return next((liked[each] for each in (kind, group, "*/*") if each in liked), 0.0)


def _quality(rest: str) -> float:
    for each in rest.split(";"):
        name, _, value = each.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def refused(_: Request, error: Exception) -> Response:
    """What is wrong, where, and how to mend it."""
    assert isinstance(error, Problem)
    fault = shapes.Fault(
        code=error.code,
        message=error.what,
        fix=error.fix,
        param=error.param or None,
        at=error.at if isinstance(error, BadReference) else None,
        perhaps=error.perhaps,
    )
    body = msgspec.json.encode(shapes.Problem(error=fault))
    return Response(body, error.status, {"cache-control": "no-store"}, JSON)


async def unknown(request: Request, error: Exception) -> Response:
    """For a path that is not there, or is asked otherwise."""
    what = f"{request.method} {request.url.path[:80]} is not answered here"
    otherwise = isinstance(error, HTTPException) and error.status_code == NotRead.status
    problem = (NotRead if otherwise else NotFound)(what, fix="GET /openapi.json lists what is")
    answer = await refused(request, problem)
    if isinstance(error, HTTPException):
        answer.status_code = error.status_code
        answer.headers.update(error.headers or {})
    return answer


async def unexpected(request: Request, _: Exception) -> Response:
    """For a fault of our own: no more of it is said."""
    return await refused(request, Problem("the service failed", fix="its log says how"))
