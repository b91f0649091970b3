"""The sentences that most rules share. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rackhouse.twin.kube.answers import Cause

PORT = "must be between 1 and 65535, inclusive"
NOT_NEGATIVE = "must be greater than or equal to 0"


def required(field: str, why: str = "") -> Cause:
    """Nothing is there."""
    message = f"Required value: {why}" if why else "Required value"
    return Cause(field, message, "FieldValueRequired")


def invalid(field: str, value: Any, why: str) -> Cause:
    """Something else is there than may be."""
    return Cause(field, f"Invalid value: {quoted(value)}: {why}")


def forbidden(field: str, why: str) -> Cause:
    """It may not be there."""
    return Cause(field, f"Forbidden: {why}", "FieldValueForbidden")


def duplicate(field: str, value: Any) -> Cause:
    """It is there already."""
    return Cause(field, f"Duplicate value: {quoted(value)}", "FieldValueDuplicate")


def absent(field: str, value: Any) -> Cause:
    """What it names is not there."""
    return Cause(field, f"Not found: {quoted(value)}", "FieldValueNotFound")


def unsupported(field: str, value: Any, known: Iterable[str]) -> Cause:
    """None of a few words."""
    some = ", ".join(f'"{it}"' for it in known)
    message = f"Unsupported value: {quoted(value)}: supported values: {some}"
    return Cause(field, message, "FieldValueNotSupported")


def port(field: str, value: Any) -> Iterator[Cause]:
    """A number of a port; names of ports are let be."""
    if isinstance(value, int) and not 1 <= value <= 65535:
        yield invalid(field, value, PORT)


def at_least_zero(field: str, value: Any) -> Iterator[Cause]:
    """A number that counts something."""
    if isinstance(value, int) and value < 0:
        yield invalid(field, value, NOT_NEGATIVE)


def quoted(value: Any) -> str:
    """As Go's `%#v` of a JSON value."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
