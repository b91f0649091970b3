"""A scripted upstream that speaks Anthropic's protocol over real HTTP. It is as strict as the real
one about what it is sent, and computes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from fakes.models.script import Act, Does, Script

_KNOWN = {
    "model", "max_tokens", "messages", "system", "stream", "tools", "tool_choice", "metadata",
    "stop_sequences", "temperature", "top_p", "output_config",
}  # fmt: skip


def create(script: Script) -> Starlette:
    """The application."""

    async def messages(request: Request) -> Response:
        body = json.loads(await request.body())
        script.asked.append({"path": request.url.path, "headers": dict(request.headers), **body})
        if wrong := _wrong(body, request):
            return _error(400, "invalid_request_error", wrong)
        act = script.next()
        if act.does is Does.ERROR:
            headers = {"retry-after": act.retry_after} if act.retry_after else {}
            return _error(act.status, "overloaded_error", "scripted", headers)
        if act.does is Does.BREAK and (act.after == 0 or not body.get("stream")):
            request.scope["cut"]()
            return Response()
        if body.get("stream"):
            play = _play(script, act, body, request)
            return StreamingResponse(play, media_type="text/event-stream")
        script.answered += 1
        return JSONResponse(_message(act, body))

    return Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])


def _wrong(body: dict[str, Any], request: Request) -> str:
    """What the real one would refuse, "" where it would not."""
    if request.headers.get("anthropic-version") != "2023-06-01":
        return "anthropic-version: header is required"
    if unknown := body.keys() - _KNOWN:
        return f"{min(unknown)}: Extra inputs are not permitted"
    if not isinstance(body.get("max_tokens"), int):
        return "max_tokens: Field required"
    roles = [each["role"] for each in body["messages"]]
    if set(roles) - {"user", "assistant"}:
        return "messages: Unexpected role"
    blocks = [block for each in body["messages"] for block in each["content"]]
    if any(block["type"] == "text" and not block["text"] for block in blocks):
        return "messages: text content blocks must be non-empty"
    used = {block["id"] for block in blocks if block["type"] == "tool_use"}
    answered = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
    return "messages: tool_result without its tool_use" if answered - used else ""


def _error(
    status: int, kind: str, said: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(
        {"type": "error", "error": {"type": kind, "message": said}}, status, headers
    )


def _blocks(act: Act) -> list[dict[str, Any]]:
    calls = (act.message or {}).get("tool_calls", [])
    return [{"type": "text", "text": act.text}] * (not calls) + [
        {
            "type": "tool_use",
            "id": each["id"],
            "name": each["function"]["name"],
            "input": json.loads(each["function"]["arguments"]),
        }
        for each in calls
    ]


def _message(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    blocks = _blocks(act)
    return {
        "id": "msg_scripted",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": blocks,
        "stop_reason": "tool_use" if blocks[-1]["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 7,
            "cache_read_input_tokens": 3,
            "cache_creation_input_tokens": 1,
            "output_tokens": len(act.text.split()),
        },
    }


def _events(act: Act, body: dict[str, Any]) -> list[dict[str, Any]]:
    whole = _message(act, body)
    first = {**whole, "content": [], "stop_reason": None}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": first}, {"type": "ping"}]
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            start = {"type": "text", "text": ""}
            words = re.findall(r"\S+\s*", block["text"])
            deltas = [{"type": "text_delta", "text": word} for word in words]
        else:
            start = {**block, "input": {}}
            said = json.dumps(block["input"])
            halves = (said[:3], said[3:]) if block["input"] else ()
            deltas = [{"type": "input_json_delta", "partial_json": half} for half in halves]
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += [
            {"type": "content_block_delta", "index": index, "delta": each} for each in deltas
        ]
        events.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    spent = {"output_tokens": whole["usage"]["output_tokens"]}
    events.append({"type": "message_delta", "delta": delta, "usage": spent})
    return [*events, {"type": "message_stop"}]


async def _play(
    script: Script, act: Act, body: dict[str, Any], request: Request
) -> AsyncIterator[bytes]:
    done = False
    try:
        for number, each in enumerate(_events(act, body)):
            if act.does is Does.BREAK and number == act.after:
                done = True
                request.scope["cut"]()
                return
            yield f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode()
        done = True
        script.answered += 1
    finally:
        script.left += not done
