"""Values that have a form beyond their type: quantities, base64. Read when an object is decoded."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.twin.kube.body import Body, at
from rackhouse.twin.kube.kinds import Kind
from rackhouse.twin.kube.quantities import WRONG, fits

_AMOUNTS = frozenset({"limits", "requests", "hard", "capacity", "default", "defaultRequest", "max"})


def unreadable(kind: Kind, body: Body) -> str:
    """Why the object cannot be decoded; empty where it can."""
    if kind.custom:
        return ""
    if any(not fits(it) for it in _quantities(body.get("spec"))):
        return WRONG
    if kind.resource == "secrets":
        return next(filter(None, map(_base64, (at(body, "data") or {}).values())), "")
    return ""


def _quantities(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, it in value.items():
            if key in _AMOUNTS and isinstance(it, Mapping):
                yield from (amount for amount in it.values() if not isinstance(amount, Mapping))
            else:
                yield from _quantities(it)
    elif isinstance(value, list):
        for it in value:
            yield from _quantities(it)


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        at_byte = next((n for n, it in enumerate(text) if it not in alphabet), len(text))
        return f"error decoding from json: illegal base64 data at input byte {at_byte}"
    return ""
