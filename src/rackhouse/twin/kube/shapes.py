"""Shapes of objects: which fields there are, of which type, and how lists are merged.

Built-in kinds are read from lightkube's models, custom ones from the schema in their CRD.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Union

from rackhouse.twin.kube import listed


@dataclass(frozen=True, eq=False)
class Shape:
    """`type`: struct, map, list, string, integer, number, boolean, intstr, any.

    A list is atomic unless it has `keys` or is `unique`: then items are owned one by one.
    """

    type: str
    atomic: bool = False
    keys: tuple[str, ...] = ()
    unique: bool = False
    sparse: bool = False  # left out when it is empty
    item: Shape | None = None
    _fields: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Shape]:
        """Of a struct, by the name in JSON."""
        return self._fields

    @property
    def granular(self) -> bool:
        """Whether what is in it has owners of its own."""
        if self.type == "list":
            return bool(self.keys) or self.unique
        return self.type in {"struct", "map"} and not self.atomic

    def under(self, name: str) -> Shape | None:
        """The shape of a field, None where there is no such field."""
        if self.type == "struct":
            return self.fields.get(name)
        return self.item if self.type == "map" else ANY


@dataclass(frozen=True, eq=False)
class _Struct(Shape):
    """Read when it is first asked: some models contain themselves."""

    model: type = object

    @functools.cached_property
    def _read(self) -> Mapping[str, Shape]:
        hints = typing.get_type_hints(self.model)
        names = zip(self.model.__struct_fields__, self.model.__struct_encode_fields__, strict=True)  # type: ignore[attr-defined]  # of msgspec
        return {there: _listed(self.model.__name__, there, hints[here]) for here, there in names}

    @property
    def fields(self) -> Mapping[str, Shape]:
        return self._read


ANY = Shape("any", atomic=True)
STRING = Shape("string")
_PLAIN: Mapping[Any, Shape] = {
    str: STRING,
    int: Shape("integer"),
    float: Shape("number"),
    bool: Shape("boolean"),
    datetime: STRING,
}
_INTSTR = Shape("intstr")


@functools.cache
def struct(model: type) -> Shape:
    """The shape of a model of lightkube's, or of a resource that extends one."""
    mine = next(it for it in model.__mro__ if it.__module__.startswith("lightkube.models"))
    if mine is not model:
        return struct(mine)
    return _Struct("struct", atomic=model.__name__ in listed.ATOMIC, model=model)


def _listed(model: str, name: str, hint: Any) -> Shape:
    """The shape of a field, with what the hint does not say: how it is merged."""
    shape = _shape(hint)
    where = f"{model}.{name}"
    if shape.type not in {"list", "map"}:
        return shape
    return Shape(
        shape.type,
        atomic=where in listed.ATOMIC,
        keys=listed.KEYS.get(where, ()),
        unique=where in listed.SETS,
        sparse=type(None) in typing.get_args(hint) and not _bare(hint),
        item=shape.item,
    )


def _bare(hint: Any) -> bool:
    """Whether the model says no more than that it is an object: then it is no map, and stays."""
    return typing.Dict in typing.get_args(hint)  # noqa: UP006  what the models say


def _shape(hint: Any) -> Shape:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in {Union, types.UnionType}:
        some = [it for it in args if it is not type(None)]
        return _shape(some[0]) if len(some) == 1 else _INTSTR
    if origin is list:
        return Shape("list", item=_shape(args[0]))
    if origin is dict and args:
        return Shape("map", item=_shape(args[1]))
    if hint is dict or hint is typing.Dict:  # noqa: UP006  what the models say
        return Shape("map", item=ANY)
    if hint in _PLAIN:
        return _PLAIN[hint]
    return struct(hint) if isinstance(hint, type) and hasattr(hint, "__struct_fields__") else ANY


def of_schema(schema: Mapping[str, Any]) -> Shape:
    """The shape that a CRD's openAPIV3Schema describes."""
    if schema.get("x-kubernetes-int-or-string"):
        return _INTSTR
    kind = schema.get("type", "")
    if kind == "object":
        return _object(schema)
    if kind == "array":
        listed_as = schema.get("x-kubernetes-list-type")
        keys = tuple(schema.get("x-kubernetes-list-map-keys", ())) if listed_as == "map" else ()
        item = of_schema(schema.get("items", {}))
        return Shape("list", keys=keys, unique=listed_as == "set", item=item)
    return Shape(kind) if kind in {"string", "integer", "number", "boolean"} else ANY


def _object(schema: Mapping[str, Any]) -> Shape:
    atomic = schema.get("x-kubernetes-map-type") == "atomic"
    properties = schema.get("properties")
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        return Shape("map", atomic=atomic, item=ANY)
    if properties is not None:
        fields = {name: of_schema(it) for name, it in properties.items()}
        return Shape("struct", atomic=atomic, _fields=fields)
    more = schema.get("additionalProperties")
    item = of_schema(more) if isinstance(more, dict) else ANY
    return Shape("map", atomic=atomic, item=item)


def custom(schema: Mapping[str, Any]) -> Shape:
    """The shape of a custom object: what its CRD says, and what every object has."""
    from lightkube.models.meta_v1 import ObjectMeta

    own = of_schema({"type": "object", **schema})
    every = {"apiVersion": STRING, "kind": STRING, "metadata": struct(ObjectMeta)}
    return Shape("struct", _fields={**own.fields, **every}) if own.type == "struct" else own
