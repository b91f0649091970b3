"""The JSON Schema of the rack file, for editors: the model's table in another notation. Pure.

It says less than `load` does: what a shape cannot say is left to the rules.
"""

from __future__ import annotations

from typing import Any

from rackhouse.rack.fields import OFF, REQUIRED, Field, Listing, Named, Shape, Struct, fields_of
from rackhouse.rack.kinds import NAME
from rackhouse.rack.model import Rack
from rackhouse.rack.scalars import Scalar


def json_schema() -> dict[str, Any]:
    """The schema, draft 2020-12, as plain JSON values."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The rack file of Rackhouse",
        **_struct(Rack, named=False),
    }


def _struct(cls: type[Any], *, named: bool) -> dict[str, Any]:
    fields = [f for f in fields_of(cls).values() if not (named and f.name == "name")]
    required = [field.key for field in fields if field.default is REQUIRED]
    return {
        "description": cls.__doc__,
        "type": "object" if required else ["object", "null"],
        "properties": {field.key: _field(field) for field in fields},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _field(field: Field) -> dict[str, Any]:
    schema = _shape(field.shape)
    if field.off:
        schema = {"anyOf": [schema, {"const": OFF}]}
    return {**schema, "description": field.doc}


def _shape(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, Scalar):
        return {**shape.schema, "examples": [shape.example]}
    if isinstance(shape, Listing):
        return {"type": "array", "items": _shape(shape.item)}
    if isinstance(shape, Named):
        names = {NAME.schema["pattern"]: _struct(shape.cls, named=True)}
        kind = ["object", "null"]
        return {"type": kind, "patternProperties": names, "additionalProperties": False}
    assert isinstance(shape, Struct)
    return _struct(shape.cls, named=False)
