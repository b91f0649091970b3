"""Which fields of a live object are ours: managedFields in, that part of the object out. Pure.

The format is Kubernetes' own FieldsV1: `f:NAME` is a field, `k:{...}` the item of a list with those
keys, `v:...` a member of a set, `.` the thing itself. What has nothing inside is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

MANAGER = "rackhouse"
Live = Mapping[str, Any]

# Tools by which people write. What is not among them may be a controller, and would write again.
_HANDS = (
    *("kubectl", "k9s", "Mozilla", "node-fetch", "OpenLens", "Lens", "headlamp", "curl"),
    *("python-", "okhttp", "rackhouse"),
)


def owned(live: Live) -> dict[str, Any]:
    """The fields that this rack's applies own, with their values now."""
    ours = _ours(live)
    return pick(live, ours) if ours else {}


def before(live: Live, body: Mapping[str, Any]) -> dict[str, Any]:
    """What an apply of `body` may change: what is ours, and what of it a hand has taken over."""
    fields = _ours(live)
    for _, theirs in by_hand(live):
        fields = _both(fields, _in(body, theirs)) if fields else {}
    return pick(live, fields) if fields else {}


def pick(value: Any, fields: Mapping[str, Any], *, keys: bool = False) -> Any:
    """The part of `value` that `fields` names; with the `keys` by which items of lists are told."""
    if not fields:
        return value
    if isinstance(value, dict):
        return {
            name: pick(value[name], inside, keys=keys)
            for name, inside in ((key[2:], inside) for key, inside in fields.items())
            if name in value
        }
    if isinstance(value, list):
        return [
            _item(item, key, pick(item, inside, keys=keys), keys=keys)
            for item in value
            for key, inside in fields.items()
            if _names(key, item)
        ]
    return value


def by_hand(live: Live) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Who else wrote what, without what controllers write: (`kubectl-edit`, its fields)."""
    for entry in live["metadata"].get("managedFields") or ():
        if is_hand(entry):
            yield entry["manager"], entry.get("fieldsV1") or {}


def is_hand(entry: Mapping[str, Any]) -> bool:
    """Whether a person's tool wrote it: nothing that writes again by itself."""
    return (
        entry.get("operation") == "Update"
        and entry.get("subresource") != "status"
        and str(entry.get("manager", "")).startswith(_HANDS)
    )


def _ours(live: Live) -> Mapping[str, Any]:
    """Our fields; empty when there are none."""
    entries = live["metadata"].get("managedFields") or ()
    return next((each.get("fieldsV1") or {} for each in entries if _is_ours(each)), {})


def _in(value: Any, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of the fields that `value` has too."""
    found = {}
    for key, inside in fields.items():
        for below in _under(value, key):
            part = _in(below, inside)
            if part or not inside:
                found[key] = part
    return found


def _under(value: Any, key: str) -> list[Any]:
    """What a key of FieldsV1 means in there: one thing, or none."""
    if isinstance(value, dict):
        return [value[key[2:]]] if key[2:] in value else []
    return [item for item in value if _names(key, item)][:1] if isinstance(value, list) else []


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What either names; what one names whole is whole."""
    found = {**one, **other}
    for key in one.keys() & other.keys():
        whole = not one[key] or not other[key]
        found[key] = {} if whole else _both(one[key], other[key])
    return found


def _is_ours(entry: Mapping[str, Any]) -> bool:
    ours = entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
    return ours and not entry.get("subresource")


def _names(key: str, item: Any) -> bool:
    """Whether that key of FieldsV1 means this item of a list."""
    if key.startswith("k:") and isinstance(item, dict):
        wanted: dict[str, Any] = json.loads(key[2:])
        return all(item.get(name, value) == value for name, value in wanted.items())
    return key.startswith("v:") and json.loads(key[2:]) == item


def _item(item: Any, key: str, part: Any, *, keys: bool) -> Any:
    """The part of an item that was picked, with what tells it from the others."""
    if not keys or not isinstance(part, dict):
        return part
    return {**{name: item[name] for name in json.loads(key[2:]) if name in item}, **part}
