"""Objects as clients send them, and how to read them. Nothing is changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What an API server keeps is what clients send: JSON, whose shape `shapes` knows.
Body = dict[str, Any]


def at(body: Mapping[str, Any], *path: str) -> Any:
    """What is there, None where anything on the way is not."""
    found: Any = body
    for step in path:
        if not isinstance(found, dict):
            return None
        found = found.get(step)
    return found


def name_of(body: Mapping[str, Any]) -> str:
    """metadata.name, empty where there is none."""
    return str(at(body, "metadata", "name") or "")


def namespace_of(body: Mapping[str, Any]) -> str:
    """metadata.namespace, empty where there is none."""
    return str(at(body, "metadata", "namespace") or "")


def labels_of(body: Mapping[str, Any]) -> Mapping[str, str]:
    """metadata.labels."""
    found = at(body, "metadata", "labels")
    return found if isinstance(found, dict) else {}


def meta(body: Body, **changes: Any) -> Body:
    """The same with other metadata; None takes a field away."""
    metadata = {**(body.get("metadata") or {}), **changes}
    return {**body, "metadata": {key: it for key, it in metadata.items() if it is not None}}


def without_nulls(value: Any) -> Any:
    """The same without what is null: to the server that is as if it were not said."""
    if isinstance(value, dict):
        return {key: without_nulls(it) for key, it in value.items() if it is not None}
    if isinstance(value, list):
        return [without_nulls(it) for it in value]
    return value
