"""A rack as the text of a rack file: the inverse of `load`. Pure.

What is as it would be anyway is left out. Every string that some YAML reader might take for
something else is quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rackhouse.rack.fields import OFF, Listing, Named, Shape, Struct, fields_of
from rackhouse.rack.model import Rack
from rackhouse.rack.scalars import Scalar

_SAFE = re.compile(
    r"[A-Za-z/][A-Za-z0-9/_-]*(\.[A-Za-z0-9/_-]+)*"  # words, host names, folders
    r"|([0-9]+\.){3}[0-9]+([/-][0-9.]+)?"  # addresses, subnets, ranges
    r"|[0-9]+([smhdw]|[kMGTPE]i?)"  # durations, sizes
)
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"}


def write(rack: Rack) -> str:
    """The text that `load` reads as this rack."""
    return "".join(f"{line}\n" for line in _struct(rack, Struct(Rack), ""))


def _struct(
    value: Any, shape: Struct | Named, indent: str, *, named: bool = False
) -> Iterator[str]:
    for key, field in fields_of(shape.cls).items():
        part = getattr(value, field.name)
        if part == field.default or (named and field.name == "name"):
            continue
        if part is None:
            yield f"{indent}{key}: {OFF}"
        else:
            yield from _entry(key, part, field.shape, indent)


def _entry(key: str, value: Any, shape: Shape, indent: str) -> Iterator[str]:
    if isinstance(shape, Scalar):
        yield f"{indent}{key}: {scalar(shape.show(value), shape)}"
    elif isinstance(shape, Listing) and isinstance(shape.item, Scalar):
        items = (scalar(shape.item.show(item), shape.item) for item in value)
        yield f"{indent}{key}: [{', '.join(items)}]"
    else:
        yield from _under(key, list(_block(value, shape, f"{indent}  ")), indent)


def _block(value: Any, shape: Shape, indent: str) -> Iterator[str]:
    if isinstance(shape, Struct):
        yield from _struct(value, shape, indent)
    elif isinstance(shape, Named):
        for item in value:
            lines = list(_struct(item, shape, f"{indent}  ", named=True))
            yield from _under(_string(item.name), lines, indent)
    elif isinstance(shape, Listing) and isinstance(shape.item, Struct):
        for item in value:
            first, *rest = _struct(item, shape.item, f"{indent}  ")
            yield f"{indent}- {first.strip()}"
            yield from rest


def _under(key: str, lines: list[str], indent: str) -> Iterator[str]:
    yield f"{indent}{key}:" if lines else f"{indent}{key}: {{}}"
    yield from lines


def scalar(text: str, kind: Scalar) -> str:
    """A value's text as YAML, in quotes where a reader might take it for something else."""
    return _string(text) if kind.quoted else text


def _string(text: str) -> str:
    safe = _SAFE.fullmatch(text) and text.lower() not in _WORDS
    return text if safe else json.dumps(text, ensure_ascii=False)
