"""Whether an object has only fields that there are, of the right types. In the server's words.

The server has two readers: one for server-side apply, one for all else. They word it differently.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rackhouse.twin.kube.answers import Denied, bad_request
from rackhouse.twin.kube.body import Body, name_of, namespace_of
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.listed import DEFAULT_KEYS
from rackhouse.twin.kube.shapes import Shape

_NUMBERS = {"integer", "number"}
_GO = {
    "string": "string",
    "integer": "int32",
    "number": "float64",
    "boolean": "bool",
}


@dataclass(frozen=True, slots=True)
class Slip:
    """`path` is `spec.template.spec.containers[0].image`. `want` is empty for an unknown field."""

    path: str
    want: str
    value: Any
    key: str = ""  # of a list's item, that is missing
    twice: str = ""  # the element of a list that is there twice


def applied(body: Body, kind: Kind) -> None:
    """As server-side apply reads it. Raises Denied at the first slip."""
    for slip in _slips(body, kind.shape, ""):
        where = f"{namespace_of(body)}/{name_of(body)}; {kind.api}, Kind={kind.kind}"
        raise Denied(500, "", f"failed to create typed patch object ({where}): {_typed(slip)}")


def sent(body: Body, kind: Kind, strict: bool) -> None:
    """As a create or an update is read; unknown fields are refused where that is asked for."""
    found = list(_slips(body, kind.shape, ""))
    wrong = [it for it in found if it.want and not (it.key or it.twice)]
    unknown = [f'unknown field "{it.path}"' for it in found if not it.want]
    start = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
    if wrong:
        raise bad_request(start + _unmarshal(wrong[0]))
    if unknown and strict:
        raise bad_request(f"{start}strict decoding error: {', '.join(unknown)}")


def known(body: Any, shape: Shape | None) -> Any:
    """The same without fields that there are not."""
    if shape is None or shape.type == "any":
        return body
    if isinstance(body, dict) and shape.type in {"struct", "map"}:
        fields = {key: (it, shape.under(key)) for key, it in body.items()}
        return {key: known(it, below) for key, (it, below) in fields.items() if below}
    if isinstance(body, list) and shape.type == "list":
        return [known(it, shape.item) for it in body]
    return body


def _slips(value: Any, shape: Shape | None, path: str) -> Iterator[Slip]:
    if shape is None or value is None or shape.type == "any":
        return
    if shape.type in {"struct", "map"}:
        yield from _fields(value, shape, path)
    elif shape.type == "list":
        yield from _items(value, shape, path)
    elif not _fits(value, shape.type):
        yield Slip(path, shape.type, value)


def _fields(value: Any, shape: Shape, path: str) -> Iterator[Slip]:
    if not isinstance(value, dict):
        yield Slip(path, "map", value)
        return
    for key, it in value.items():
        there = f"{path}.{key}" if path else key
        below = shape.under(key)
        if below is None:
            yield Slip(there, "", it)
        else:
            yield from _slips(it, below, there)


def _items(value: Any, shape: Shape, path: str) -> Iterator[Slip]:
    if not isinstance(value, list):
        yield Slip(path, "list", value)
        return
    seen = set()
    for index, it in enumerate(value):
        yield from _slips(it, shape.item, f"{path}[{index}]")
        missing = [key for key in shape.keys if key not in it and key not in DEFAULT_KEYS]
        if missing:
            yield Slip(path, "key", it, key=missing[0])
        elif shape.keys:
            keys = tuple((key, it.get(key, DEFAULT_KEYS.get(key))) for key in shape.keys)
            if keys in seen:
                said = ",".join(f"{key}={json.dumps(value)}" for key, value in keys)
                yield Slip(path, "once", it, twice=f"[{said}]")
            seen.add(keys)


def _fits(value: Any, want: str) -> bool:
    if want == "boolean":
        return isinstance(value, bool)
    if want == "string":
        return isinstance(value, str)
    if want in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, int | str) and not isinstance(value, bool)


def _typed(slip: Slip) -> str:
    where = f".{slip.path}"
    if not slip.want:
        return f"{where}: field not declared in schema"
    if slip.key:
        return (
            f"{where}: element 0: associative list with keys has an element that omits key field"
            f' "{slip.key}" (and doesn\'t have default value)'
        )
    if slip.twice:
        return f"{where}: duplicate entries for key {slip.twice}"
    if slip.want in _NUMBERS:
        return f"{where}: expected numeric (int or float), got {_go(slip.value)}"
    got = f"&value.valueUnstructured{{Value:{json.dumps(slip.value)}}}"
    return f"{where}: expected {slip.want}, got {got}"


def _unmarshal(slip: Slip) -> str:
    go = {"map": "map", "list": "slice"}.get(slip.want, _GO.get(slip.want, slip.want))
    return (
        f"json: cannot unmarshal {_json_type(slip.value)} into Go struct field .{slip.path}"
        f" of type {go}"
    )


def _go(value: Any) -> str:
    """As Go names the type of what was read from JSON."""
    if isinstance(value, bool):
        return "bool"
    names = {"str": "string", "dict": "map[string]interface {}", "list": "[]interface {}"}
    return names.get(type(value).__name__, "int64")


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    names = {"str": "string", "dict": "object", "list": "array"}
    return names.get(type(value).__name__, "number")
