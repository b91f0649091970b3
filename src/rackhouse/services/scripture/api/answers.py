"""Answers that may be kept by whoever asked, and problems, which may not."""

from __future__ import annotations

import hashlib

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rackhouse.kit.web.answers import JSON

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
