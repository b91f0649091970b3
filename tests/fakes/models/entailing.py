"""A server of a cross-encoder for entailment, as text-embeddings-inference serves one: `/rerank`
reads a text and sentences. This one knows no language: a sentence follows from a text that has all
of its words of four letters and more, and no `not` that is not there.
"""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fakes.models.script import Does, Script


def create(script: Script) -> Starlette:
    """The application."""

    async def rerank(request: Request) -> Response:
        body = await request.json()
        script.asked.append({"path": request.url.path, **body})
        if (act := script.next()).does is Does.ERROR:
            return JSONResponse({"error": "scripted", "error_type": "scripted"}, act.status)
        scores = [_follows(body["query"], each) for each in body["texts"]]
        return JSONResponse([{"index": at, "score": score} for at, score in enumerate(scores)])

    return Starlette(routes=[Route("/rerank", rerank, methods=["POST"])])


def _follows(text: str, sentence: str) -> float:
    held, said = _words(text), _words(sentence)
    there = sum(word in held for word in said if len(word) > 3)
    many = sum(len(word) > 3 for word in said)
    same = said.count("not") <= held.count("not")
    return round((0.98 if same else 0.02) * there / max(many, 1), 3)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())
