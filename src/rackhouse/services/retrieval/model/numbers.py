"""Passages by the numbers that they are called by, such as those of verses."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from rackhouse.services.retrieval.model.asking import Reference
from rackhouse.services.retrieval.model.passage import Passage

_DIGITS = 15  # of a number


class Numbers:
    """Those of all passages, in order."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        found = sorted((int(it.id), row) for row, it in enumerate(passages) if _is_number(it.id))
        self._numbers = np.array([number for number, _ in found], np.int64)
        self._rows = array("i", (row for _, row in found))

    def rows(self, references: Iterable[Reference]) -> list[int]:
        """Passages within their ranges, in the order in which they are said, each once."""
        rows: dict[int, None] = {}
        for each in references:
            for first, last in each.ranges:
                start = int(np.searchsorted(self._numbers, first, "left"))
                end = int(np.searchsorted(self._numbers, last, "right"))
                rows.update(dict.fromkeys(self._rows[start:end]))
        return [*rows]


def _is_number(id: str) -> bool:
    return id.isascii() and id.isdecimal() and len(id) <= _DIGITS
