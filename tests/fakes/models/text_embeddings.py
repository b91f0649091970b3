"""A scripted text-embeddings-inference: OpenAI's embeddings, and `/rerank` in a form of its own. It
takes so many texts at once and no more.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.models import openai
from fakes.models.script import Does, Script

BATCH = 32


def create(script: Script) -> Starlette:
    """The application. A document's score is how many words it shares with the question."""

    async def rerank(request: Request) -> Response:
        body = json.loads(await request.body())
        script.asked.append({"path": request.url.path, "headers": dict(request.headers), **body})
        if (act := script.next()).does is Does.ERROR:
            return JSONResponse({"error": "scripted", "error_type": "scripted"}, act.status)
        if len(body["texts"]) > BATCH:
            return _too_many(len(body["texts"]))
        asked = set(body["query"].lower().split())
        scores = [len(asked & set(each.lower().split())) / len(asked) for each in body["texts"]]
        found = [{"index": i, "score": score} for i, score in enumerate(scores)]
        found.sort(key=lambda each: -each["score"])
        return JSONResponse(found, headers={"x-compute-tokens": "12"})

    async def embed(request: Request) -> Response:
        body: dict[str, Any] = json.loads(await request.body())
        texts = body["input"]
        if isinstance(texts, list) and len(texts) > BATCH:
            return _too_many(len(texts))
        return await plain(request)

    app = openai.create(script)
    plain = next(each for each in app.routes if getattr(each, "path", "") == "/v1/embeddings")
    plain = plain.endpoint  # type: ignore[attr-defined]
    app.router.routes.insert(0, Route("/v1/embeddings", embed, methods=["POST"]))
    app.router.routes.insert(0, Route("/rerank", rerank, methods=["POST"]))
    return app


def _too_many(texts: int) -> Response:
    said = f"batch size {texts} > maximum allowed batch size {BATCH}"
    return JSONResponse({"error": said, "error_type": "Validation"}, 422)
