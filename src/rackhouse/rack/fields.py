"""The model read as a table: what `load`, `write`, `schema` and `reference` all work from. Pure."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from rackhouse.rack.annotations import BY_NAME, Example, Key
from rackhouse.rack.scalars import Scalar, choice

REQUIRED = dataclasses.MISSING
OFF = "none"  # stands in the place of a part that is not wanted


@dataclass(frozen=True, slots=True)
class Struct:
    """A mapping with the keys of a class of the model."""

    cls: type[Any]


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping from names, each to a `Struct` whose field `name` it fills."""

    cls: type[Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    item: Scalar | Struct


Shape = Scalar | Struct | Named | Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One key of a mapping. `default` is REQUIRED when there is none."""

    name: str  # in the model
    key: str  # in the file
    shape: Shape
    doc: str
    example: str
    default: object
    optional: bool  # None in the model means that there is none

    @property
    def off(self) -> bool:
        """Whether the word `none` may stand here: it is there unless told otherwise."""
        return self.optional and self.default is not None


def fields_of(cls: type[Any]) -> Mapping[str, Field]:
    """The fields of a class of the model by their key in the file, in the model's order."""
    return _table(cast(Hashable, cls))


@cache
def _table(cls: Any) -> Mapping[str, Field]:
    hints = get_type_hints(cls, include_extras=True)
    found = (
        _field(field, hints[field.name])
        for field in dataclasses.fields(cls)
        if get_origin(hints[field.name]) is Annotated  # `line` is not of the file
    )
    return types.MappingProxyType({field.key: field for field in found})


def _field(field: dataclasses.Field[Any], hint: Any) -> Field:
    extras = hint.__metadata__
    shape = _shape(hint)
    keys = [extra.name for extra in extras if isinstance(extra, Key)]
    examples = [extra.text for extra in extras if isinstance(extra, Example)]
    docs = [extra for extra in extras if isinstance(extra, str)]
    own = shape.example if isinstance(shape, Scalar) else ""
    return Field(
        name=field.name,
        key=[*keys, field.name][0],
        shape=shape,
        doc=docs[0],
        example=[*examples, own][0],
        default=field.default,
        optional=type(None) in get_args(hint.__origin__),
    )


def _shape(hint: Any, extras: tuple[object, ...] = ()) -> Shape:
    origin = get_origin(hint)
    if origin is Annotated:
        scalars = [extra for extra in hint.__metadata__ if isinstance(extra, Scalar)]
        return scalars[0] if scalars else _shape(hint.__origin__, hint.__metadata__)
    if origin in {Union, types.UnionType}:
        (inner,) = [arg for arg in get_args(hint) if not _says_nothing(arg)]
        return _shape(inner)
    if origin is tuple:
        item = _shape(get_args(hint)[0])
        assert isinstance(item, Scalar | Struct)
        named = BY_NAME in extras and isinstance(item, Struct)
        return Named(item.cls) if named and isinstance(item, Struct) else Listing(item)
    return choice(hint) if issubclass(hint, StrEnum) else Struct(hint)


def _says_nothing(hint: Any) -> bool:
    """Of a union: None and Literal are what the model holds when the file is silent."""
    return hint is type(None) or get_origin(hint) is Literal
