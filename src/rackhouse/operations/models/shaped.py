"""Values that came as JSON, as the frozen dataclasses that they are said to be. Pure.

What a newer gateway says beyond that is passed over; what it leaves out has the field's own value.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from rackhouse.kit.errors import Unavailable

T = TypeVar("T")


def shaped(kind: type[T], value: object, where: str) -> T:
    """`value` as a `kind`. Unavailable where it is something else."""
    try:
        found: T = _as(kind, value)
    except (TypeError, ValueError) as error:
        raise Unavailable(
            f"the gateway says what this version does not understand: {error}",
            where=where,
            fix="deploy the gateway and this program in the same version",
        ) from error
    return found


def _as(kind: Any, value: object) -> Any:
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise TypeError(f"{type(value).__name__} in place of an object")
        given = {name: _as(hint, value[name]) for name, hint in _hints(kind) if name in value}
        return kind(**given)
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{type(value).__name__} in place of a list")
        inside = typing.get_args(kind)[0]
        return tuple(_as(inside, each) for each in value)
    if typing.get_origin(kind) is Mapping:
        if not isinstance(value, dict):
            raise TypeError(f"{type(value).__name__} in place of an object")
        inside = typing.get_args(kind)[1]
        return {str(name): _as(inside, each) for name, each in value.items()}
    if isinstance(kind, types.UnionType):
        return None if value is None else _as(typing.get_args(kind)[0], value)
    if kind is float and isinstance(value, int):
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{value!r:.60} in place of {kind.__name__}")
    return value


@functools.cache
def _hints(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(typing.get_type_hints(kind).items())
