"""The interface as an OpenAPI 3.1 document, at `/openapi.json` and in `contracts/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from rackhouse.services.gateway.api import shapes

Json = dict[str, Any]
_ERRORS = {
    400: "The body is no request; `param` names the field. Or an upstream says so.",
    401: "No key was sent, or none that is known.",
    403: "The key may not ask for that model.",
    404: "There is no model of that name, or no such answer.",
    413: "The body is over the limit.",
    429: "A budget is used up, or a rate; `retry-after` says when to come again.",
    502: "Nobody who could answer did; the message names who was asked.",
    503: "Budgets cannot be counted just now.",
}


@dataclass(frozen=True, slots=True)
class _Path:
    """One path that is posted to. `streams`: it may answer in server-sent events."""

    path: str
    says: str
    body: type[msgspec.Struct]
    streams: bool = False


_PATHS = (
    _Path("/v1/chat/completions", "Answer a chat.", shapes.Chat, streams=True),
    _Path("/v1/completions", "Go on with a text.", shapes.Completion, streams=True),
    _Path("/v1/embeddings", "Texts as vectors.", shapes.Embedding),
    _Path("/v1/rerank", "Order documents by a question.", shapes.Rerank),
    _Path("/v1/responses", "Answer, as OpenAI's responses do.", shapes.Response, streams=True),
    _Path("/v1/messages", "Answer a chat in Anthropic's form.", shapes.Message, streams=True),
    _Path("/v1/messages/count_tokens", "About how many tokens that is.", shapes.Message),
    _Path("/v1/feedback", "Say how good an answer was, once.", shapes.Feedback),
)


def document() -> Json:
    """The whole of it, in a stable order."""
    types = [shapes.Problem, *dict.fromkeys(each.body for each in _PATHS)]
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    answers = {"200": {"description": "The names that the key may ask for."}, **_errors(401, 404)}
    models = {"summary": "Names to ask for.", "responses": answers}
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    alive = {"summary": "Whether it lives.", "security": [], "responses": _fine("It does.")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rackhouse AI gateway",
            "version": "1",
            "description": "One door to every model of a rack, in OpenAI's protocol and in"
            " Anthropic's. Only the fields that the gateway reads are described; all others are"
            " passed on to whoever answers.",
        },
        "security": [{"bearer": []}, {"header": []}],
        "paths": {
            **{each.path: {"post": _post(each)} for each in _PATHS},
            "/v1/models": {"get": models},
            "/v1/models/{name}": {"get": models, "parameters": [name]},
            "/healthz": {"get": alive},
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
        },
    }


@cache
def written() -> bytes:
    """The same as JSON. It never changes, and anybody may ask for it."""
    return msgspec.json.encode(document())


def _post(path: _Path) -> Json:
    schema = {"$ref": f"#/components/schemas/{path.body.__name__}"}
    kinds = ["application/json", *["text/event-stream"] * path.streams]
    return {
        "summary": path.says,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {**_fine("The answer.", *kinds), **_errors(*_ERRORS)},
    }


def _fine(says: str, *kinds: str) -> Json:
    content: Json = {"content": {kind: {} for kind in kinds}} if kinds else {}
    return {"200": {"description": says, **content}}


def _errors(*statuses: int) -> Json:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": _ERRORS[status], "content": content} for status in statuses
    }
