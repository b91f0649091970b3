"""A scripted upstream that speaks OpenAI's protocol over real HTTP. It computes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from fakes.models.script import Act, Does, Script


def create(script: Script) -> Starlette:
    """The application."""

    async def models(_: Request) -> Response:
        data = [{"id": name, "object": "model", "owned_by": "script"} for name in script.models]
        return JSONResponse({"object": "list", "data": data})

    async def chat(request: Request) -> Response:
        body = await _asked(script, request)
        act = script.next()
        return await _meet(request, script, act, body, _chat(act, body), _chat_stream(act, body))

    async def completion(request: Request) -> Response:
        body = await _asked(script, request)
        act = script.next()
        return await _meet(
            request, script, act, body, _completion(act, body), _completion_stream(act, body)
        )

    async def embeddings(request: Request) -> Response:
        body = await _asked(script, request)
        return await _meet(request, script, script.next(), body, _vectors(body), [])

    return Starlette(
        routes=[
            Route("/v1/models", models),
            Route("/v1/chat/completions", chat, methods=["POST"]),
            Route("/v1/completions", completion, methods=["POST"]),
            Route("/v1/embeddings", embeddings, methods=["POST"]),
            Route("/health", models),
        ]
    )


async def _asked(script: Script, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(await request.body())
    script.asked.append({"path": request.url.path, "headers": dict(request.headers), **body})
    return body


async def _meet(
    request: Request,
    script: Script,
    act: Act,
    body: dict[str, Any],
    whole: dict[str, Any],
    pieces: list[str],
) -> Response:
    if act.does is Does.SILENT:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        return Response()
    if act.wait:
        await asyncio.sleep(act.wait)
    if act.does is Does.ERROR:
        headers = {"retry-after": act.retry_after} if act.retry_after else {}
        said = {"error": {"message": "scripted", "type": "scripted", "code": str(act.status)}}
        return JSONResponse(said, act.status, headers)
    if act.does is Does.REDIRECT:
        return RedirectResponse(act.to, 307)
    if act.does is Does.EMPTY:
        return Response(b"", media_type="application/json")
    if act.does is Does.GARBAGE:
        kind = "text/event-stream" if body.get("stream") else "application/json"
        return Response(b"data: {not json\n\n<html>", media_type=kind)
    if act.does is Does.BREAK and (act.after == 0 or not body.get("stream")):
        request.scope["cut"]()
        return Response()
    if body.get("stream"):
        play = _play(script, act, pieces, request.scope["cut"])
        return StreamingResponse(play, media_type="text/event-stream")
    script.answered += 1
    return JSONResponse(whole)


async def _play(
    script: Script, act: Act, pieces: list[str], cut: Callable[[], None]
) -> AsyncIterator[bytes]:
    script.active += 1
    script.most_active = max(script.most_active, script.active)
    done = False
    try:
        for number, each in enumerate(pieces):
            if act.does is Does.BREAK and number == act.after:
                done = True
                cut()
                return
            if act.pause:
                await asyncio.sleep(act.pause)
            while number == 1 and script.most_active < act.together:
                await asyncio.sleep(0.2)
            yield f"data: {each}\n\n".encode()
        yield b"data: [DONE]\n\n"
        done = True
        script.answered += 1
    finally:
        script.active -= 1
        script.left += not done


def _usage(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    if act.usage is not None:
        return act.usage
    read = len(re.findall(r"\S+", json.dumps(body.get("messages", body.get("prompt", "")))))
    wrote = len(act.text.split())
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}


def _chat(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    message = act.message or {"role": "assistant", "content": act.text}
    finish = "tool_calls" if "tool_calls" in message else "stop"
    whole = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1,
        "model": body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    return {**whole, "usage": _usage(act, body)} if act.tells_usage else whole


def _chat_stream(act: Act, body: dict[str, Any]) -> list[str]:
    base = {
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body.get("model"),
    }

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return json.dumps({**base, "choices": [choice]})

    words = re.findall(r"\S+\s*", act.text)
    pieces = [chunk({"role": "assistant", "content": ""})]
    if act.message and "tool_calls" in act.message:
        calls = [{"index": i, **each} for i, each in enumerate(act.message["tool_calls"])]
        pieces += [chunk({"tool_calls": calls}), chunk({}, "tool_calls")]
    else:
        pieces += [chunk({"content": word}) for word in words] + [chunk({}, "stop")]
    if act.tells_usage and (body.get("stream_options") or {}).get("include_usage"):
        pieces.append(json.dumps({**base, "choices": [], "usage": _usage(act, body)}))
    return pieces


def _completion(act: Act, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "cmpl-scripted",
        "object": "text_completion",
        "created": 1,
        "model": body.get("model"),
        "choices": [{"index": 0, "text": act.text, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(act, body),
    }


def _completion_stream(act: Act, body: dict[str, Any]) -> list[str]:
    pieces = []
    for word in re.findall(r"\S+\s*", act.text):
        choice = {"index": 0, "text": word, "finish_reason": None, "logprobs": None}
        whole = {**_completion(act, body), "choices": [choice]}
        whole.pop("usage")
        pieces.append(json.dumps(whole))
    if (body.get("stream_options") or {}).get("include_usage"):
        pieces.append(json.dumps({**_completion(act, body), "choices": []}))
    return pieces


def _vectors(body: dict[str, Any]) -> dict[str, Any]:
    said = body.get("input", "")
    texts = said if isinstance(said, list) else [said]
    data = []
    for index, text in enumerate(texts):
        digest = hashlib.sha256(str(text).encode()).digest()[:8]
        vector = [byte / 255 for byte in digest]
        data.append({"object": "embedding", "index": index, "embedding": vector})
    read = sum(len(str(text).split()) for text in texts)
    usage = {"prompt_tokens": read, "total_tokens": read}
    return {"object": "list", "model": body.get("model"), "data": data, "usage": usage}
