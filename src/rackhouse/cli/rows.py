"""Rows of the store as JSON, for commands that list them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_text(
    rows: Sequence[DataclassInstance],
    *,
    without: Collection[str] = (),
    more: Sequence[Mapping[str, Any]] = (),
) -> str:
    """A JSON list with each row's fields, but for those `without`, and `more` for each."""
    extra = more or [{}] * len(rows)
    found = [
        {key: value for key, value in {**asdict(row), **its}.items() if key not in without}
        for row, its in zip(rows, extra, strict=True)
    ]
    return json.dumps(found, indent=2)
