"""Filters and owners: whatever is asked, a mask says of each passage what reading it alone says."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.retrieval.model.asking import Reference
from rackhouse.services.retrieval.model.filters import Between, Columns, Condition
from rackhouse.services.retrieval.model.numbers import Numbers
from rackhouse.services.retrieval.model.passage import Attribute, Passage
from rackhouse.services.retrieval.model.passages import Passages

NAMES = st.sampled_from(["a", "b", "none"])
VALUES = st.one_of(
    st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 1.0]), st.sampled_from(["", "x", "y"])
)
OWNERS = st.sampled_from([None, "ana", "ben"])
BOUNDS = st.one_of(st.none(), st.integers(-3, 3), st.floats(-2, 2), st.sampled_from(["x", "z"]))
CONDITIONS = st.one_of(
    VALUES, st.lists(VALUES, max_size=3), st.builds(Between, gte=BOUNDS, lte=BOUNDS)
)


@st.composite
def passages(draw: st.DrawFn) -> list[Passage]:
    count = draw(st.integers(0, 12))
    return [
        Passage(
            id=str(at),
            document=f"d{at % 3}",
            ordinal=at,
            texts={"own": "x"},
            attributes=draw(st.dictionaries(NAMES.filter(lambda it: it != "none"), VALUES)),
            owner=draw(OWNERS),
        )
        for at in range(count)
    ]


def fulfils(value: Attribute | None, condition: Condition) -> bool:
    """As one would read it."""
    if value is None:
        return False
    if isinstance(condition, Between):
        return all(
            bound is None or (_alike(value, bound) and holds(value, bound))
            for bound, holds in (
                (condition.gte, lambda it, least: it >= least),
                (condition.lte, lambda it, most: it <= most),
            )
        )
    several = condition if isinstance(condition, list) else [condition]
    return any(isinstance(value, bool) == isinstance(it, bool) and value == it for it in several)


def _alike(value: Any, bound: Any) -> bool:
    if isinstance(value, str) or isinstance(bound, str):
        return isinstance(value, str) and isinstance(bound, str)
    return not isinstance(value, bool)


@given(passages(), st.dictionaries(NAMES, CONDITIONS, max_size=3), OWNERS, st.booleans())
def test_a_mask_is_what_each_passage_says(
    given_: list[Passage], conditions: dict[str, Condition], owner: str | None, gone: bool
) -> None:
    columns = Columns(Passages(given_))
    if gone:
        columns.forget("d1")
    mask = columns.allowed(conditions, owner)
    wanted = [
        each.owner in {None, owner}
        and not (gone and each.document == "d1")
        and all(fulfils(each.attributes.get(name), it) for name, it in conditions.items())
        for each in given_
    ]
    assert (mask.tolist() if mask is not None else [True] * len(given_)) == wanted


def test_names_that_nobody_has_are_not_remembered() -> None:
    columns = Columns(Passages([Passage(id="1", document="d", ordinal=0, texts={})]))
    for at in range(50):
        mask = columns.allowed({f"name {at}": 1}, None)
        assert mask is not None
        assert not mask.any()
    assert not columns._columns


RANGES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4)


@given(st.lists(st.one_of(st.integers(0, 30).map(str), st.text(max_size=3))), RANGES)
def test_references_lead_to_the_passages_that_are_called_so(
    ids: list[str], ranges: list[tuple[int, int]]
) -> None:
    given_ = [Passage(id=id, document="d", ordinal=0, texts={}) for id in ids]
    said = Reference(text="", reference="", ranges=tuple(ranges))
    rows = Numbers(given_).rows([said, said])
    assert len(rows) == len(set(rows))
    numbered = [(row, int(it)) for row, it in enumerate(ids) if it.isascii() and it.isdecimal()]
    wanted = {row for row, it in numbered if any(a <= it <= b for a, b in ranges)}
    assert set(rows) == wanted
    assert all(isinstance(row, int) and not isinstance(row, np.integer) for row in rows)
