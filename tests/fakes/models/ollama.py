"""A scripted Ollama: OpenAI's protocol under /v1, and of its own which models it has and which are
loaded. One fits: a request for another makes it the one that is loaded.
"""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fakes.models import openai
from fakes.models.script import Script

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

    app = openai.create(script)
    app.router.routes += [
        Route("/api/tags", tags),
        Route("/api/ps", running),
        Route("/api/version", version),
    ]
    app.add_middleware(_Loading, script=script)
    return app


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
