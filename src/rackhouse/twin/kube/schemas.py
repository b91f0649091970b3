"""Custom objects against the schema in their CRD: defaults, and what is wrong. Pure.

In the words of the server's `go-openapi/validate`. No CEL, no `oneOf`: what only those refuse is
taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rackhouse.twin.kube.answers import Cause
from rackhouse.twin.kube.rules import words

Schema = Mapping[str, Any]
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def filled(schema: Schema, value: Any) -> Any:
    """The value with the defaults of its schema."""
    if isinstance(value, dict):
        fields = schema.get("properties") or {}
        given = {key: it["default"] for key, it in fields.items() if "default" in it}
        more = schema.get("additionalProperties")
        other = more if isinstance(more, dict) else {}
        return {key: filled(fields.get(key, other), it) for key, it in {**given, **value}.items()}
    if isinstance(value, list):
        return [filled(schema.get("items") or {}, it) for it in value]
    return value


def causes(schema: Schema, value: Any, field: str = "") -> Iterator[Cause]:
    """Everything that is wrong with the value."""
    if value is None and schema.get("nullable"):
        return
    known = _TYPES.get(schema.get("type", ""))
    if known and not _is(value, known):
        yield _mistyped(schema["type"], value, field)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield words.unsupported(field, value, schema["enum"])
    for key, (holds, why) in _LIMITS.items():
        if key in schema and not holds(value, schema[key]):
            said = f"{field} in body {why} {schema[key]}"
            yield words.invalid(field, value, said)
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield words.invalid(field, value, f"{field} in body should match '{schema['pattern']}'")
    yield from _inside(schema, value, field)


def _inside(schema: Schema, value: Any, field: str) -> Iterator[Cause]:
    if isinstance(value, list):
        for index, it in enumerate(value):
            yield from causes(schema.get("items") or {}, it, f"{field}[{index}]")
    if not isinstance(value, dict):
        return
    for key in schema.get("required") or ():
        if key not in value:
            yield words.required(f"{field}.{key}" if field else key)
    fields = schema.get("properties") or {}
    more = schema.get("additionalProperties")
    for key, it in value.items():
        below = fields.get(key, more if isinstance(more, dict) else {})
        yield from causes(below, it, f"{field}.{key}" if field else key)


def _is(value: Any, known: tuple[type, ...]) -> bool:
    return isinstance(value, known) and (bool in known or not isinstance(value, bool))


def _mistyped(wanted: str, value: Any, field: str) -> Cause:
    names = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
    got = names.get(type(value).__name__, {"dict": "object"}.get(type(value).__name__, "array"))
    why = f'{field} in body must be of type {wanted}: "{got}"'
    return Cause(field, f'Invalid value: "{got}": {why}', "FieldValueTypeInvalid")


Holds = Callable[[Any, Any], bool]
_LIMITS: Mapping[str, tuple[Holds, str]] = {
    "minimum": (lambda it, least: it >= least, "should be greater than or equal to"),
    "maximum": (lambda it, most: it <= most, "should be less than or equal to"),
    "minLength": (lambda it, least: len(it) >= least, "should be at least"),
    "maxLength": (lambda it, most: len(it) <= most, "should be at most"),
    "minItems": (lambda it, least: len(it) >= least, "should have at least"),
    "maxItems": (lambda it, most: len(it) <= most, "should have at most"),
}
