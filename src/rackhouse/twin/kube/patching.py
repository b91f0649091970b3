"""Patches that are no apply: JSON merge patch, strategic merge patch, JSON patch. Pure."""

from __future__ import annotations

from typing import Any

from rackhouse.twin.kube import fields as f
from rackhouse.twin.kube.answers import Denied, bad_request
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.shapes import ANY, Shape

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON = "application/json-patch+json"
APPLY = ("application/apply-patch+yaml", "application/apply-patch+cbor")


def patched(live: Body, patch: Any, media: str, shape: Shape) -> Body:
    """The object after the patch. Raises Denied where it cannot be."""
    if media == MERGE:
        return _merged(live, patch)  # type: ignore[no-any-return]  # of a dict comes a dict
    if media == STRATEGIC:
        return _strategic(live, patch, shape)  # type: ignore[no-any-return]
    if media == JSON:
        return _stepped(live, patch)
    raise Denied(415, "UnsupportedMediaType", "415: Unsupported Media Type", details={})


def _merged(live: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    found = dict(live) if isinstance(live, dict) else {}
    for key, it in patch.items():
        if it is None:
            found.pop(key, None)
        else:
            found[key] = _merged(found.get(key), it)
    return found


def _strategic(live: Any, patch: Any, shape: Shape | None) -> Any:
    """The same, with lists merged by their keys, and `$patch: delete|replace`."""
    shape = shape or ANY
    if isinstance(patch, list):
        return _strategic_list(live if isinstance(live, list) else [], patch, shape)
    if not isinstance(patch, dict):
        return patch
    found = dict(live) if isinstance(live, dict) and patch.get("$patch") != "replace" else {}
    for key, it in patch.items():
        if it is None:
            found.pop(key, None)
        elif not key.startswith("$"):
            found[key] = _strategic(found.get(key), it, shape.under(key))
    return found


def _strategic_list(live: list[Any], patch: list[Any], shape: Shape) -> list[Any]:
    if not shape.keys:
        new = [it for it in patch if it not in live]
        return [*live, *new] if shape.unique else patch
    if any(it.get("$patch") == "replace" for it in patch):
        return [it for it in patch if "$patch" not in it]
    found = {f.element(it, shape): it for it in live}
    for it in patch:
        key = f.element(it, shape)
        if it.get("$patch") == "delete":
            found.pop(key, None)
        else:
            found[key] = _strategic(found.get(key, {}), it, shape.item)
    return list(found.values())


def _stepped(live: Body, patch: Any) -> Body:
    """RFC 6902: add, replace, remove, test."""
    found: Any = live
    for step in patch:
        path = [it.replace("~1", "/").replace("~0", "~") for it in step["path"].split("/")[1:]]
        try:
            found = _step(found, path, step)
        except (KeyError, IndexError, ValueError, TypeError):
            message = "the server rejected our request due to an error in our request"
            raise Denied(422, "Invalid", message) from None
    return found  # type: ignore[no-any-return]


def _step(value: Any, path: list[str], step: dict[str, Any]) -> Any:
    """A copy of the value in which the step has been done."""
    if len(path) > 1:
        if isinstance(value, list):
            at = int(path[0])
            return [*value[:at], _step(value[at], path[1:], step), *value[at + 1 :]]
        return {**value, path[0]: _step(value[path[0]], path[1:], step)}
    key, operation = path[0], step["op"]
    if operation not in {"add", "replace", "remove", "test"}:
        raise bad_request(f"Unexpected kind: {operation}")
    if isinstance(value, list):
        at = len(value) if key == "-" else int(key)
        new = [] if operation == "remove" else [step["value"]]
        return [*value[:at], *new, *value[at if operation == "add" else at + 1 :]]
    if operation in {"replace", "remove", "test"} and key not in value:
        raise KeyError(key)
    if operation == "test":
        if value[key] != step["value"]:
            raise ValueError(key)
        return value
    rest = {name: it for name, it in value.items() if name != key}
    return rest if operation == "remove" else {**rest, key: step["value"]}
