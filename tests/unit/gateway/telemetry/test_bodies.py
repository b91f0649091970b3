"""What is kept of what was said: text, masked, cut; no image, however deep it lies."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.telemetry.bodies import answer, question

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 10_000}}
json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text() | st.just("content"), inside),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("payload", "kept"),
    [
        ({"messages": [{"role": "user", "content": "What was made?"}]}, "user: What was made?"),
        ({"prompt": "Once"}, "Once"),
        ({"input": ["one", "two"]}, "one\ntwo"),
        ({"input": [[1, 2], [3]]}, ""),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "See"}, IMAGE]}]},
            "user: See\n[image]",
        ),
        (
            {"messages": [{"role": "user", "content": "I am ada@example.org"}]},
            "user: I am [e-mail]",
        ),
    ],
)
def test_a_question_is_kept_as_text(payload: dict[str, Any], kept: str) -> None:
    assert question(payload) == kept


def test_an_answer_is_kept_as_text() -> None:
    called = {"function": {"name": "look", "arguments": '{"at": "Genesis"}'}}
    body = {"choices": [{"message": {"content": "Light.", "tool_calls": [called]}}]}
    assert answer(msgspec.json.encode(body)) == 'Light.\nlook\n{"at": "Genesis"}'
    assert answer("A stream of words") == "A stream of words"
    assert answer(b"{") == answer(b"x" * 2**21) == ""
    assert answer(b'{"choices":[{"text":"caf\xe9"}]}') == answer(b'{"output":' + b"[" * 9999) == ""


def test_a_secret_at_the_cut_is_not_left_in_half() -> None:
    for length in range(7_900, 8_010):
        kept = question({"prompt": "x" * length + " sk-rack-" + "a1B2" * 8})
        assert len(kept) <= 8_010
        assert "a1B2" not in kept


@given(json)
def test_any_question_is_kept_somehow(value: Any) -> None:
    assert len(question({"messages": value})) <= 20_000
