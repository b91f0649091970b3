"""ASGI by hand, for paths where each microsecond is met a thousand times a second."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from rackhouse.services.gateway.model.problem import (
    BadRequest,
    NotFound,
    Problem,
    TooLarge,
    Unauthorized,
)

JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream")
BODY_LIMIT = 32 * 2**20  # bytes: images are passed within the body

Header = tuple[bytes, bytes]
_KEYS = {b"key", b"apikey", b"token", b"accesstoken", b"authorization", b"xapikey"}
_PLAIN = bytes(byte if 32 <= byte < 127 else ord("?") for byte in range(256))


async def read_body(receive: Receive, limit: int = BODY_LIMIT) -> bytes:
    """The whole body; TooLarge past `limit`, before it is held. ClientDisconnect where its client
    goes before its end: half of it may look like a whole.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(f"the body has more than {limit} bytes")
        parts.append(part)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def header(scope: Scope, name: bytes) -> str:
    """The first of that name, "" where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def token(scope: Scope) -> str:
    """The key that a client shows: OpenAI's header or Anthropic's, never the address."""
    if scope["query_string"]:
        _no_key_in(scope["query_string"])
    scheme, _, word = header(scope, b"authorization").partition(" ")
    if scheme.lower() == "bearer" and word.strip():
        return word.strip()
    if key := header(scope, b"x-api-key"):
        return key
    raise Unauthorized("no key was sent")


def _no_key_in(query: bytes) -> None:
    """Addresses are kept in logs and histories. What it says is not repeated."""
    for name in query.lower().split(b"&"):
        if name.partition(b"=")[0].translate(None, b"-_") in _KEYS:
            raise BadRequest(
                "a key was sent in the address, where logs keep it: make a new one",
                fix=Unauthorized.mend,
            )


def safe(value: str) -> bytes:
    """A value for a header: nothing in it begins another."""
    return value.encode("latin-1", "replace").translate(_PLAIN)


async def send_body(send: Send, status: int, body: bytes, headers: Iterable[Header]) -> None:
    """An answer in one piece."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def send_problem(
    send: Send, problem: Problem, form: Callable[[Problem], Any] | None = None
) -> None:
    """What is wrong, in the form that OpenAI's clients read, or in another."""
    headers = [JSON, *((name.encode(), value.encode()) for name, value in _more(problem))]
    await send_body(send, problem.status, msgspec.json.encode((form or said)(problem)), headers)


def answer(problem: Problem) -> Response:
    """The same, for those who answer by Starlette."""
    body, headers = msgspec.json.encode(said(problem)), dict(_more(problem))
    return Response(body, problem.status, headers, media_type="application/json")


def said(problem: Problem) -> dict[str, dict[str, str | None]]:
    """OpenAI's error object."""
    return {
        "error": {
            "message": problem.message,
            "type": problem.type,
            "param": problem.param or None,
            "code": problem.code,
        }
    }


def piece(body: bytes, more: bool = True) -> Message:
    """A piece of a body."""
    return {"type": "http.response.body", "body": body, "more_body": more}


async def unexpected(_: Request, __: Exception) -> Response:
    """For a fault of our own: said in the form of every other error, and no more of it."""
    return answer(Problem("the gateway failed"))


async def gone(_: Request, __: Exception) -> Response:
    """For a client that left before all was said: nobody reads it."""
    return Response(status_code=499)


async def unknown(request: Request, error: Exception) -> Response:
    """For a path that is not there, or is asked otherwise."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    what = f"{request.method} {request.url.path[:80]} is not answered here"
    problem = NotFound(what, fix="GET /openapi.json lists what is")
    problem.status, problem.code = status, "unknown_path"
    return answer(problem)


def _more(problem: Problem) -> Iterator[tuple[str, str]]:
    if isinstance(problem, TooLarge):  # what it still sends is not read
        yield "connection", "close"
    if problem.retry_after:
        yield "retry-after", str(math.ceil(problem.retry_after))
