"""Sets of fields, as managedFields writes them: `fieldsV1` of structured-merge-diff v6. Pure.

A path is a tuple of elements: `f:name`, `k:{"name":"web"}` for an item of a list with keys,
`v:"x"` for an item of a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rackhouse.twin.kube.listed import DEFAULT_KEYS
from rackhouse.twin.kube.shapes import ANY, Shape

Path = tuple[str, ...]
Fields = frozenset[Path]


class _Item:
    """The value of an item itself, beside those of its fields."""


ITEM = _Item()


def element(item: Any, shape: Shape) -> str:
    """The element under which a list's item is found; a key that it lacks is left out."""
    if shape.unique:
        return f"v:{_json(item)}"
    keys = {key: item.get(key, DEFAULT_KEYS.get(key)) for key in sorted(shape.keys)}
    keys = {key: it for key, it in keys.items() if it is not None}
    return f"k:{_json(keys)}"


def leaves(value: Any, shape: Shape | None, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every field that can be owned, with its value; ITEM for a list's item as such."""
    shape = shape or ANY
    if not shape.granular or not isinstance(value, dict | list):
        yield path, value
    elif isinstance(value, list):
        for it in value:
            below = (*path, element(it, shape))
            if shape.keys:
                yield from leaves(it, shape.item, below)
            yield below, ITEM
    else:
        for key, it in value.items():
            below = (*path, f"f:{key}")
            child = shape.under(key)
            yield from leaves(it, child, below)
            if it == {} or (shape.type == "map" and child and child.granular):
                yield below, ITEM


# Structs that are always there, in Go: nobody makes them.
_ALWAYS = frozenset(
    {"jobTemplate", "metadata", "resources", "spec", "status", "strategy", "template"}
    | {"updateStrategy"}
)


def made(value: Any, shape: Shape | None, path: Path = (), name: str = "") -> Iterator[Path]:
    """Maps, lists and structs that somebody made: an update that adds one owns it as well."""
    if shape is None or not shape.granular or not isinstance(value, dict | list):
        return
    if path and (shape.sparse if shape.type != "struct" else name not in _ALWAYS):
        yield path
    if isinstance(value, list):
        for it in value:
            if shape.keys:
                yield from made(it, shape.item, (*path, element(it, shape)), "spec")
    else:
        for key, it in value.items():
            yield from made(it, shape.under(key), (*path, f"f:{key}"), key)


def owned(value: Any, shape: Shape) -> Fields:
    """The fields that whoever applies this owns."""
    return frozenset(path for path, _ in leaves(value, shape))


def prefixes(fields: Iterable[Path]) -> Fields:
    """These and all above them."""
    return frozenset(path[:end] for path in fields for end in range(1, len(path) + 1))


def read(tree: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """From `fieldsV1`."""
    for key, below in tree.items():
        if key == ".":
            yield path
        elif below:
            yield from read(below, (*path, key))
        else:
            yield (*path, key)


def write(fields: Iterable[Path]) -> dict[str, Any]:
    """To `fieldsV1`."""
    tree: dict[str, Any] = {}
    members = set(fields)
    for path in sorted(members):
        here = tree
        for step in path:
            here = here.setdefault(step, {})
    for path in members:
        here = tree
        for step in path:
            here = here[step]
        if here:
            here["."] = {}
    return tree


def order(path: Path) -> tuple[tuple[bool, str], ...]:
    """As the server walks a set: at each level what is a member itself, then what is below."""
    last = len(path) - 1
    return tuple((index < last, step) for index, step in enumerate(path))


def spelled(path: Path) -> str:
    """As errors write it: `.spec.containers[name="web"].image`."""
    return "".join(map(_spelled, path))


def _spelled(step: str) -> str:
    kind, _, rest = step.partition(":")
    if kind == "f":
        return f".{rest}"
    if kind == "v":
        return f"[={rest}]"
    keys = json.loads(rest)
    return f"[{','.join(f'{key}={_json(it)}' for key, it in keys.items())}]"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
