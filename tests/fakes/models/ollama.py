"""A scripted Ollama: OpenAI's protocol under /v1, and of its own which models it has and which are
loaded. One fits: a request for another makes it the one that is loaded.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fakes.models import openai
from fakes.models.script import Act, Does, Script

_SIZE = 5 * 2**30


def create(script: Script) -> Starlette:
    """The application."""

    async def tags(_: Request) -> Response:
        return JSONResponse({"models": [_model(name) for name in script.models]})

    async def running(_: Request) -> Response:
        more = {"size_vram": _SIZE, "expires_at": "2030-01-01T00:00:00Z", "context_length": 8192}
        return JSONResponse({"models": [{**_model(name), **more} for name in script.loaded]})

    async def version(_: Request) -> Response:
        return JSONResponse({"version": "0.13.0"})

    async def chat(request: Request) -> Response:
        body = json.loads(await request.body())
        script.asked.append({"path": request.url.path, "headers": dict(request.headers), **body})
        act = script.next()
        if act.does is Does.ERROR:
            return JSONResponse({"error": "scripted"}, act.status)
        if act.does is Does.BREAK and (act.after == 0 or not body["stream"]):
            request.scope["cut"]()
            return Response()
        lines = _lines(act, body)
        script.answered += 1
        if body["stream"]:
            end = act.after if act.does is Does.BREAK else len(lines)
            said = "".join(json.dumps(line) + "\n" for line in lines[:end])
            return Response(said, media_type="application/x-ndjson")
        return JSONResponse(_whole(lines))

    app = openai.create(script)
    app.router.routes += [
        Route("/api/tags", tags),
        Route("/api/ps", running),
        Route("/api/version", version),
        Route("/api/chat", chat, methods=["POST"]),
    ]
    app.add_middleware(_Loading, script=script)
    return app


def _lines(act: Act, body: dict[str, Any]) -> list[dict[str, Any]]:
    """What a stream says: words, calls without ids, and the counts with the last of it."""
    head = {"model": body["model"], "created_at": "2030-01-01T00:00:00Z", "done": False}
    calls = [
        {"function": {**each["function"], "arguments": json.loads(each["function"]["arguments"])}}
        for each in (act.message or {}).get("tool_calls", [])
    ]
    said: list[dict[str, Any]] = [{"content": "", "tool_calls": calls}] if calls else []
    said += [{"content": word} for word in re.findall(r"\S+\s*", "" if calls else act.text)]
    counts = {"prompt_eval_count": 7, "eval_count": len(act.text.split())}
    last = {**head, "message": {"content": ""}, "done": True, "done_reason": "stop", **counts}
    return [*({**head, "message": {"role": "assistant", **each}} for each in said), last]


def _whole(lines: list[dict[str, Any]]) -> dict[str, Any]:
    words = "".join(line["message"]["content"] for line in lines)
    calls = [call for line in lines for call in line["message"].get("tool_calls", [])]
    message = {"role": "assistant", "content": words}
    return {**lines[-1], "message": message | ({"tool_calls": calls} if calls else {})}


class _Loading:
    """Notes which model was asked for last."""

    def __init__(self, app: Any, script: Script) -> None:
        self._app = app
        self._script = script

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = len(self._script.asked)
        await self._app(scope, receive, send)
        for asked in self._script.asked[before:]:
            self._script.loaded = [str(asked["model"])]


def _model(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "model": name,
        "size": _SIZE,
        "digest": hashlib.sha256(name.encode()).hexdigest(),
        "details": {"family": "llama", "parameter_size": "8.0B", "quantization_level": "Q4_K_M"},
    }
