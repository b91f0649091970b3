"""Each rule of the classifier, and that classes are bounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.quality.classify import CLASSES, LONG, kind


def _said(text: Any, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **more}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (_said("hi", response_format={"type": "json_schema"}), "structured"),
        (_said("hi", response_format={"type": "text"}), "chat"),
        (_said("hi", tools=[{"type": "function"}]), "tools"),
        (_said([{"type": "image_url"}, {"type": "text", "text": "what?"}]), "image"),
        (_said("Translate this to Greek: love"), "translate"),
        (_said("Traduce esto al griego"), "translate"),
        (_said("이 문장을 번역해 주세요"), "translate-nonlatin"),
        (_said("Please summarise the letter to Philemon"), "summarize"),
        (_said("```python\nx = 1\n```\nwhat is wrong?"), "code"),
        (_said("Write a letter to my landlord"), "write"),
        (_said("Extract all names from this"), "extract"),
        (_said("Who was the father of Ruth's husband?"), "question"),
        (_said("Good morning"), "chat"),
        (_said("Good morning " * LONG), "chat-long"),
        (_said("a" * LONG + " translate that"), "translate-long"),
        ({"prompt": "Who was Boaz?"}, "question"),
        ({"messages": [*_said("Who?")["messages"], {"role": "assistant"}]}, "question"),
    ],
)
def test_a_class_is_guessed_from_what_is_asked(payload: dict[str, Any], expected: str) -> None:
    assert kind(payload, "", ()) == expected


def test_what_a_client_declares_holds_where_the_rack_knows_it() -> None:
    assert kind(_said("Who?"), "study-of-words", ("study-of-words",)) == "study-of-words"
    assert kind(_said("Who?"), "summarize", ()) == "summarize"
    assert kind(_said("Who?"), "user-4711", ("study-of-words",)) == "question"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=50),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "type", "text", "user"]), inner)
    ),
    max_leaves=10,
)


@given(_JSON, _JSON, _JSON, st.text(max_size=20))
def test_whatever_comes_the_classes_are_bounded(
    messages: Any, form: Any, tools: Any, declared: str
) -> None:
    payload = {"messages": messages, "response_format": form, "tools": tools}
    assert kind(payload, declared, ()) in CLASSES
