"""The interface as an OpenAPI 3.1 document, at `/openapi.json` and in `contracts/`."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from rackhouse.kit.web.shapes import Problem
from rackhouse.services.study.api.described import Path
from rackhouse.services.study.api.kept import paths
from rackhouse.services.study.model.answer import Answer
from rackhouse.services.study.service.study import Asked

Json = dict[str, Any]
_ERRORS = {
    400: "What was sent is wrong: `param` names it, `fix` says how to mend it.",
    401: "Nobody is signed in.",
    403: "Another site's page sent it in your name.",
    404: "There is no such thing, or it is another person's.",
    413: "It is more than is read.",
    429: "Too many questions of yours are being answered.",
    503: "A service that is needed does not answer.",
}


_PATHS: tuple[Path, ...] = (
    Path(
        path="/v1/ask",
        method="post",
        says="Ask. Events (status, evidence, part, restart, trace, error, done), or JSON where"
        " `accept` says so.",
        body=Asked,
        answer=Answer,
        streams=True,
        errors=(400, 401, 403, 404, 413, 429, 503),
    ),
    *paths.PATHS,
)


def document() -> Json:
    """The whole of it, in a stable order."""
    types = dict.fromkeys(it for each in _PATHS for it in (each.body, each.answer) if it)
    _, schemas = msgspec.json.schema_components(
        [Problem, *types], ref_template="#/components/schemas/{name}"
    )
    alive = {"summary": "Whether it lives.", "responses": {"200": {"description": "It does."}}}
    paths: Json = {}
    for each in _PATHS:
        paths.setdefault(each.path, {})[each.method] = _told(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rackhouse study",
            "version": "1",
            "description": "Questions about scripture, answered with its own words. The ingress"
            " says who asks; everybody sees what is theirs alone.",
        },
        "paths": {**paths, "/healthz": {"get": alive}},
        "components": {"schemas": schemas},
    }


@cache
def written() -> bytes:
    """The same as JSON. It never changes."""
    return msgspec.json.encode(document())


def _told(path: Path) -> Json:
    answer: Json = {"description": "The answer." if path.answer else "Done."}
    if path.answer:
        answer["content"] = {"application/json": {"schema": _ref(path.answer)}}
        if path.streams:
            answer["content"]["text/event-stream"] = {}
    told: Json = {
        "summary": path.says,
        "responses": {
            str(path.status if path.answer else 204): answer,
            **{str(each): _error(each) for each in path.errors},
        },
    }
    places = [(each[1:-1], "path") for each in path.path.split("/") if each.startswith("{")]
    places += [(each, "query") for each in path.query]
    if places:
        told["parameters"] = [
            {"name": it, "in": at, "required": at == "path", "schema": {"type": "string"}}
            for it, at in places
        ]
    if path.body:
        content = {"application/json": {"schema": _ref(path.body)}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _error(status: int) -> Json:
    content = {"application/json": {"schema": _ref(Problem)}}
    return {"description": _ERRORS[status], "content": content}


def _ref(struct: type[msgspec.Struct]) -> Json:
    return {"$ref": f"#/components/schemas/{struct.__name__}"}
