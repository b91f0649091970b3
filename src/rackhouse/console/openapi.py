"""The HTTP API as an OpenAPI 3.1 document, made from the table of operations and the views' types.

`contracts/console.openapi.json` is this, written down; a test keeps the two the same.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import types
import typing
from enum import Enum
from typing import Any

from rackhouse import __version__
from rackhouse.console.api import OPERATIONS, ROOT, Operation, Query

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
_STATUS = {
    400: "Not understood.",
    401: "Sign in, or send the owner's token.",
    403: "Asked from another page than the console's own.",
    404: "Nothing is called that.",
    409: "Refused, since it would harm; `fix` says what to do.",
    500: "It failed; `what` says how.",
}
_PROBLEM = {
    "type": "object",
    "required": ["error", "what"],
    "properties": {
        "error": {"type": "string", "description": "Its kind, as in `rackhouse.kit.errors`."},
        "what": {"type": "string"},
        "where": {"type": "string"},
        "fix": {"type": "string"},
        "retry": {"type": "boolean", "description": "Whether trying again may help."},
    },
}
Json = dict[str, Any]


def document() -> Json:
    """The whole document, as JSON values in a stable order."""
    schemas: Json = {"Problem": _PROBLEM}
    paths: Json = {}
    for operation in OPERATIONS:
        at = paths.setdefault(ROOT + operation.path, {})
        at[operation.verb.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rackhouse console",
            "version": __version__,
            "description": "Reads a rack, and changes little. A program sends the owner's token"
            " (`console.token` in the state folder), a browser its session's cookie and, to change"
            " something, the session's token as `X-CSRF-Token`.",
        },
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-rackhouse"},
            },
        },
    }


def _operation(operation: Operation, schemas: Json) -> Json:
    names = re.findall(r"{(\w+)}", operation.path)
    found: Json = {"operationId": operation.name, "summary": operation.about}
    parameters = [_parameter(Query(name=name, about="Its name."), "path") for name in names]
    parameters += [_parameter(query, "query") for query in operation.queries]
    if parameters:
        found["parameters"] = parameters
    if operation.verb == "POST":
        fields = {f.name: {"type": f.kind, "description": f.about} for f in operation.fields}
        body = {"schema": {"type": "object", "properties": fields}}
        found["requestBody"] = {"content": {"application/json": body}}
    found["responses"] = {"200": _answer(operation.answer, schemas), **_refusals(operation)}
    return found


def _parameter(query: Query, place: str) -> Json:
    return {
        "name": query.name,
        "in": place,
        "required": place == "path",
        "description": query.about,
        "schema": {"type": query.kind},
    }


def _answer(answer: Any, schemas: Json) -> Json:
    if isinstance(answer, str):
        return {"description": "Text.", "content": {answer: {"schema": {"type": "string"}}}}
    schema = _schema(answer, schemas)
    return {"description": "The answer.", "content": {"application/json": {"schema": schema}}}


def _refusals(operation: Operation) -> Json:
    statuses = [401, 403]
    statuses += [400] if operation.queries or operation.fields else []
    statuses += [404] if "{" in operation.path or operation.verb == "POST" else []
    statuses += [409, 500] if operation.verb == "POST" else []
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(status): {"description": _STATUS[status], "content": content}
        for status in sorted(statuses)
    }


def _schema(hint: Any, schemas: Json) -> Json:
    """The schema of a type; those of dataclasses are kept in `schemas` and referred to."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], schemas)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(each, schemas) for each in arguments]}
    if hint is types.NoneType:
        return {"type": "null"}
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    if hint.__name__ not in schemas:
        schemas[hint.__name__] = {}  # so that a type may hold itself
        schemas[hint.__name__] = _enum(hint) if issubclass(hint, Enum) else _object(hint, schemas)
    return {"$ref": f"#/components/schemas/{hint.__name__}"}


def _enum(hint: type[Enum]) -> Json:
    return {"type": "string", "enum": [member.value for member in hint]}


def _object(hint: Any, schemas: Json) -> Json:
    hints = typing.get_type_hints(hint)
    names = [field.name for field in dataclasses.fields(hint)]
    return {
        "type": "object",
        "description": " ".join((hint.__doc__ or "").split()),
        "required": names,
        "properties": {name: _schema(hints[name], schemas) for name in names},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=1) + "\n")
