"""Which passages a search may answer with: by their attributes, and by whom they belong to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from rackhouse.services.retrieval.model.passage import Attribute
from rackhouse.services.retrieval.model.passages import Passages

Mask = NDArray[np.bool_]


class Between(Struct, frozen=True, forbid_unknown_fields=True):
    """Both ends with; numbers among numbers, or texts among texts by their characters."""

    gte: int | float | str | None = None
    lte: int | float | str | None = None


Condition = Attribute | list[Attribute] | Between
Filter = Mapping[str, Condition]


class Columns:
    """The attributes of all passages, each read once it is asked for."""

    def __init__(self, passages: Passages) -> None:
        self._passages = passages
        self._columns: dict[str, tuple[list[Attribute], NDArray[np.int32]]] = {}
        owners = sorted({each.owner for each in passages if each.owner is not None})
        self._owners = {owner: code for code, owner in enumerate(owners, 1)}
        codes = (self._owners.get(each.owner or "", 0) for each in passages)
        self._owned = np.fromiter(codes, np.int32, len(passages)) if owners else None
        self._there: Mask | None = None

    def allowed(self, conditions: Filter, owner: str | None) -> Mask | None:
        """A mask of those that fulfil all conditions, and are everybody's or the owner's. None
        where that is every one.
        """
        masks = [self._fulfil(name, each) for name, each in conditions.items()]
        if self._owned is not None:
            own = self._owners.get(owner or "", 0)
            masks.append((self._owned == 0) | (self._owned == own))
        if self._there is not None:
            masks.append(self._there)
        return np.logical_and.reduce(masks) if masks else None

    def forget(self, document: str) -> None:
        """Answer no more with what is of that document."""
        there = ~self._passages.of(document)
        self._there = there if self._there is None else self._there & there

    def _fulfil(self, name: str, condition: Condition) -> Mask:
        values, codes = self._column(name)
        good = np.array([False, *(_fits(each, condition) for each in values)])
        return np.asarray(good[codes])

    def _column(self, name: str) -> tuple[list[Attribute], NDArray[np.int32]]:
        """Its values, each once, and for each passage the number of its own; 0 for none."""
        if name not in self._columns:
            known: dict[tuple[type, Attribute], int] = {}
            codes = np.zeros(len(self._passages), np.int32)
            for row, each in enumerate(self._passages):
                if (value := each.attributes.get(name)) is not None:
                    codes[row] = known.setdefault((type(value), value), len(known) + 1)
            if not known:  # anybody may ask for names without end
                return [], codes
            self._columns[name] = ([value for _, value in known], codes)
        return self._columns[name]


def _fits(value: Attribute, condition: Condition) -> bool:
    if isinstance(condition, Between):
        return _above(value, condition.gte) and _above(condition.lte, value)
    if isinstance(condition, list):
        return any(_same(value, each) for each in condition)
    return _same(value, condition)


def _same(one: Attribute, other: Attribute) -> bool:
    """`true` is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def _above(value: Attribute | None, least: Attribute | None) -> bool:
    """At least that; what has no order with it is not."""
    if value is None or least is None:
        return True
    if isinstance(value, str) and isinstance(least, str):
        return value >= least
    numbers = isinstance(value, int | float) and isinstance(least, int | float)
    return numbers and not isinstance(value, bool) and value >= least  # type: ignore[operator]
