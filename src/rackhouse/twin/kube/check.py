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
from rackhouse.twin.kube.readable import unreadable
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
    """`path` is `spec.template.spec.containers[0].image`; `typed` is the same with the item's keys.

    `want` is empty for an unknown field; `twice` is the element of a list that is there twice.
    """

    path: str
    typed: str
    want: str
    value: Any
    twice: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    path: str = ""
    typed: str = ""

    def field(self, name: str) -> _Place:
        return _Place(f"{self.path}.{name}" if self.path else name, f"{self.typed}.{name}")

    def item(self, index: int, keys: str) -> _Place:
        return _Place(f"{self.path}[{index}]", self.typed + (keys or f"[{index}]"))

    def slip(self, want: str, value: Any, twice: str = "") -> Slip:
        return Slip(self.path, self.typed, want, value, twice)


def applied(body: Body, kind: Kind) -> None:
    """As server-side apply reads it. Raises Denied at the first slip."""
    where = _where(body, kind)
    for slip in _slips(body, kind.shape, _Place()):
        raise Denied(500, "", f"failed to create typed patch object {where}: {_typed(slip)}")


def converted(config: Body, body: Body, kind: Kind) -> None:
    """As what came of an apply is read. Raises Denied where a value has not the form it needs."""
    if why := unreadable(kind, body):
        api = kind.api if kind.group else f"/{kind.version}"
        said = (
            f"failed to convert new object {_where(config, kind)} to proper version: unable to"
            f" convert unstructured object to {api}, Kind={kind.kind}: {why}"
        )
        raise Denied(500, "", said)


def _where(body: Body, kind: Kind) -> str:
    api = kind.api if kind.group else f"/{kind.version}"
    return f"({namespace_of(body)}/{name_of(body)}; {api}, Kind={kind.kind})"


def sent(body: Body, kind: Kind, strict: bool) -> None:
    """As a create or an update is read; unknown fields are refused where that is asked for."""
    found = list(_slips(body, kind.shape, _Place()))
    wrong = [it for it in found if it.want and not it.twice and not kind.custom]
    unknown = [f'unknown field "{it.path}"' for it in found if not it.want]
    start = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: '
    if wrong:
        raise bad_request(start + _unmarshal(wrong[0]))
    if why := unreadable(kind, body):
        raise bad_request(start + why)
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


def tidied(value: Any, shape: Shape | None) -> Any:
    """As Go writes it: lists and maps that may be left out and are empty are."""
    if isinstance(value, dict) and shape:
        fields = [(key, it, shape.under(key)) for key, it in value.items()]
        return {
            key: tidied(it, below)
            for key, it, below in fields
            if it or not (below and below.sparse and it in ({}, []))
        }
    if isinstance(value, list) and shape:
        return [tidied(it, shape.item) for it in value]
    return value


def _slips(value: Any, shape: Shape | None, place: _Place) -> Iterator[Slip]:
    if shape is None or value is None or shape.type == "any":
        return
    if shape.type in {"struct", "map"}:
        yield from _fields(value, shape, place)
    elif shape.type == "list":
        yield from _items(value, shape, place)
    elif not _fits(value, shape.type):
        yield place.slip(shape.type, value)


def _fields(value: Any, shape: Shape, place: _Place) -> Iterator[Slip]:
    if not isinstance(value, dict):
        yield place.slip("map", value)
        return
    for key, it in value.items():
        below = shape.under(key)
        if below is None:
            yield place.field(key).slip("", it)
        else:
            yield from _slips(it, below, place.field(key))


def _items(value: Any, shape: Shape, place: _Place) -> Iterator[Slip]:
    if not isinstance(value, list):
        yield place.slip("list", value)
        return
    seen = set()
    for index, it in enumerate(value):
        keys = _keys(it, shape)
        yield from _slips(it, shape.item, place.item(index, keys))
        if keys and keys in seen:
            yield place.slip("once", it, keys)
        seen.add(keys)


def _keys(item: Any, shape: Shape) -> str:
    """`[name="web"]`; empty where the list has no keys, or the item lacks one."""
    if not isinstance(item, dict):
        return ""
    found = {key: item.get(key, DEFAULT_KEYS.get(key)) for key in shape.keys}
    if not found or None in found.values():
        return ""
    return f"[{','.join(f'{key}={json.dumps(it)}' for key, it in found.items())}]"


def _fits(value: Any, want: str) -> bool:
    if want == "boolean":
        return isinstance(value, bool)
    if want == "string":
        return isinstance(value, str)
    if want in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, int | str) and not isinstance(value, bool)


def _typed(slip: Slip) -> str:
    where, got = slip.typed, _struct(slip.value)
    if not slip.want:
        return f"{where}: field not declared in schema"
    if slip.twice:
        return f"{where}: duplicate entries for key {slip.twice}"
    if slip.want in _NUMBERS:
        return f"{where}: expected numeric (int or float), got {_go(slip.value)}"
    if slip.want in {"string", "intstr"}:
        got = f"&value.valueUnstructured{{Value:{json.dumps(slip.value)}}}"
        return f"{where}: expected string, got {got}"
    return f"{where}: expected {slip.want}, got &{{{got}}}"


def _struct(value: Any) -> str:
    """As Go prints what was read from JSON."""
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{_struct(it)}' for key, it in sorted(value.items()))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_struct, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


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
