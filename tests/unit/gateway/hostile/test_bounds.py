"""A small body that is large once it is read, or too deep to be gone through, is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.api import bounds, embeddings, parse
from rackhouse.services.gateway.model.call import Caller
from rackhouse.services.gateway.model.formats.anthropic.parts import unmarked
from rackhouse.services.gateway.model.problem import BadRequest, TooLarge

_LEAVES = st.text(alphabet='a"\\[]{}\n', max_size=6) | st.integers() | st.none()
_ANY = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('"]{\\'), inner, max_size=3)
    ),
    max_leaves=20,
)


def _deep(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_deep, value.values()), default=0)
    return 1 + max(map(_deep, value), default=0) if isinstance(value, list) else 0


@given(_ANY, st.sampled_from([None, 1]))
def test_the_depth_is_that_of_what_is_said_whatever_the_texts_in_it(
    value: Any, indent: int | None
) -> None:
    sent = json.dumps(value, indent=indent).encode()
    assert not bounds.deeper(sent, _deep(value))
    assert not _deep(value) or bounds.deeper(sent, _deep(value) - 1)


def test_a_tool_that_is_nested_without_end_is_refused_before_anybody_is_asked() -> None:
    for deep, refused in ((bounds.DEEP - 4, False), (bounds.DEEP, True), (600, True)):
        schema = '{"a":' * deep + "1" + "}" * deep
        body = (
            '{"model":"m","max_tokens":5,"messages":[],"tools":[{"input_schema":' + schema + "}]}"
        )
        if refused:
            with pytest.raises(BadRequest, match="nested"):
                parse.body(body.encode())
        else:
            unmarked(parse.body(body.encode()))


@pytest.mark.parametrize("value", [b"[7],", b"{},", b"[],", b"1,"])
def test_more_values_than_a_process_should_hold_are_refused(value: bytes) -> None:
    sent = b'{"model":"m","x":[' + value * bounds.VALUES + b"0]}"
    with pytest.raises(TooLarge, match="values"):
        parse.body(sent)


def test_a_long_text_is_none_of_that() -> None:
    text = "a{\\[" * 100_000
    assert parse.body(json.dumps({"x": text}).encode()) == {"x": text}


@pytest.mark.parametrize("each", ["a", [7]])
def test_vectors_are_made_of_so_many_texts_at_once(each: Any) -> None:
    asker = parse.Asker(Caller(key="k"), 10)
    embeddings.read({"model": "m", "input": [each] * 2048}, asker)
    with pytest.raises(BadRequest, match="2048") as refused:
        embeddings.read({"model": "m", "input": [each] * 2049}, asker)
    assert refused.value.param == "input"
