"""The agent's own JSON: what it writes others read, what others write it reads."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.targets.host.agent import wire

# Lone surrogates cannot travel: they are no characters.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
)


@given(JSON)
def test_what_it_writes_others_read(value: object) -> None:
    assert json.loads(wire.dumps(value)) == value


@given(JSON)
def test_what_others_write_it_reads(value: object) -> None:
    assert wire.loads(json.dumps(value, ensure_ascii=False)) == value


@given(st.dictionaries(TEXT, TEXT))
def test_one_value_has_one_text(value: dict[str, str]) -> None:
    backwards = dict(reversed(value.items()))
    assert wire.dumps(value) == wire.dumps(backwards)


@pytest.mark.parametrize("text", ["", "f()", "x", "{**y}", "1 + 1", "[i for i in y]", "lambda: 0"])
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        wire.loads(text)
