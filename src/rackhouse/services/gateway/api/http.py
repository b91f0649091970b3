"""ASGI by hand, for paths where each microsecond is met a thousand times a second."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from starlette.types import Message, Receive, Scope, Send

from rackhouse.services.gateway.model.problem import Problem, TooLarge, Unauthorized

JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream")
BODY_LIMIT = 32 * 2**20  # bytes: images are passed within the body

Header = tuple[bytes, bytes]


async def read_body(receive: Receive, limit: int = BODY_LIMIT) -> bytes:
    """The whole body; TooLarge past `limit`, before it is held."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge(f"the body has more than {limit} bytes", fix="send less at once")
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
    scheme, _, word = header(scope, b"authorization").partition(" ")
    if scheme.lower() == "bearer" and word.strip():
        return word.strip()
    if key := header(scope, b"x-api-key"):
        return key
    raise Unauthorized(
        "no key was sent", fix="send the header `Authorization: Bearer KEY`; never in the address"
    )


async def send_body(send: Send, status: int, body: bytes, headers: Iterable[Header]) -> None:
    """An answer in one piece."""
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def send_problem(send: Send, problem: Problem) -> None:
    """What is wrong, in the form that OpenAI's clients read."""
    headers = [JSON]
    if problem.retry_after:
        headers.append((b"retry-after", str(max(1, round(problem.retry_after))).encode()))
    await send_body(send, problem.status, msgspec.json.encode(said(problem)), headers)


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
