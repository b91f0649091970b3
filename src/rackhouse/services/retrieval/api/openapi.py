"""The interface as an OpenAPI 3.1 document, at `/openapi.json` and in `contracts/`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import msgspec

from rackhouse.kit.web.shapes import Problem
from rackhouse.services.retrieval.api import shapes

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One method of a path. `status` of a good answer, which has `answer` as its body."""

    path: str
    method: str
    says: str
    body: type[msgspec.Struct] | None = None
    answer: type[msgspec.Struct] | None = None
    status: str = "200"
    more: tuple[str, ...] = ()  # names of parameters outside the path


_ONE: Final = "/v1/collections/{name}"
_DOCUMENT: Final = f"{_ONE}/documents/{{id}}"
_WAYS: Final = (
    _Way(
        path="/v1/search",
        method="post",
        says="What fits a query best, and why.",
        body=shapes.Search,
        answer=shapes.Found,
    ),
    _Way(
        path="/v1/collections",
        method="get",
        says="The collections of this tenant.",
        answer=shapes.Collections,
    ),
    _Way(path=_ONE, method="get", says="How a collection stands.", answer=shapes.Collection),
    _Way(
        path=_ONE,
        method="put",
        says="Make or change it. Another model answers when all its vectors are there.",
        body=shapes.Wish,
        answer=shapes.Collection,
    ),
    _Way(path=_ONE, method="delete", says="Remove it, with all that is in it.", status="204"),
    _Way(
        path=f"{_ONE}/documents",
        method="post",
        says="Put documents in, each in place of what it was.",
        body=shapes.Documents,
        answer=shapes.Accepted,
        status="202",
    ),
    _Way(
        path=_DOCUMENT,
        method="get",
        says="A document with its passages.",
        answer=shapes.Kept,
        more=("owner",),
    ),
    _Way(path=_DOCUMENT, method="delete", says="Remove it.", status="204", more=("owner",)),
    _Way(path="/v1/jobs/{id}", method="get", says="How a job stands.", answer=shapes.Job),
    _Way(
        path="/v1/jobs/{id}/events",
        method="get",
        says="A job whenever it changes, until its end, as events of a server.",
        more=("last-event-id",),
    ),
)
_PARAMETERS: Final[dict[str, Json]] = {
    "name": {"in": "path", "required": True, "description": "Of a collection."},
    "id": {"in": "path", "required": True, "description": "Of a document, or of a job."},
    "owner": {"in": "query", "description": "The person whose document it is."},
    "last-event-id": {"in": "header", "description": "The event that was heard last."},
}
_ERRORS: Final = {
    "400": "What was sent is wrong: `param` names it, `fix` says how to mend it.",
    "401": "The key is no tenant's.",
    "404": "There is no such collection, document or job.",
    "413": "It is more than is read at once.",
    "503": "PostgreSQL is away; what is held in memory is searched on.",
}


def document() -> Json:
    """The whole of it, in a stable order."""
    types: list[type[msgspec.Struct]] = [Problem]
    types += [it for each in _WAYS for it in (each.body, each.answer) if it]
    known = sorted(set(types), key=lambda it: it.__name__)
    _, schemas = msgspec.json.schema_components(known, ref_template="#/components/schemas/{name}")
    paths: dict[str, Json] = {}
    for each in _WAYS:
        paths.setdefault(each.path, {})[each.method] = _way(each)
    for path, says in (("/healthz", "Whether it lives."), ("/metrics", "What was counted.")):
        good = {"200": {"description": "The answer."}}
        paths[path] = {"get": {"summary": says, "security": [], "responses": good}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rackhouse retrieval",
            "version": "1",
            "description": "Collections of passages, and what of them answers a query. Each"
            " application sees its own, by its key.",
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def written() -> bytes:
    """The same as JSON. It never changes."""
    return msgspec.json.encode(document())


def _way(way: _Way) -> Json:
    said: Json = {"summary": way.says}
    names = [*re.findall(r"{(\w+)}", way.path), *way.more]
    if names:
        string = {"schema": {"type": "string"}}
        said["parameters"] = [{"name": name, **_PARAMETERS[name], **string} for name in names]
    if way.body:
        said["requestBody"] = {"required": True, "content": _json(way.body)}
    good: Json = {"description": "The answer." if way.answer else "It is so."}
    if way.answer:
        good["content"] = _json(way.answer)
    elif way.path.endswith("/events"):
        good["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    wrong = {
        status: {"description": says, "content": _json(Problem)}
        for status, says in _ERRORS.items()
        if (way.body or status != "413") and (names or way.body or status not in {"400", "404"})
    }
    return {**said, "responses": {way.status: good, **wrong}}


def _json(type: type[msgspec.Struct]) -> Json:  # noqa: A002
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{type.__name__}"}}}
