"""What the verifiers say of answers, usual and wicked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Call, Caller, Task
from rackhouse.services.gateway.service.quality.verify import verify

SCHEMA = {
    "type": "object",
    "properties": {"verse": {"type": "string"}},
    "required": ["verse"],
    "additionalProperties": False,
}
FORM = {"type": "json_schema", "json_schema": {"name": "v", "strict": True, "schema": SCHEMA}}
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": SCHEMA}}


def call(task: Task = Task.CHAT, **payload: Any) -> Call:
    return Call(id="1", caller=Caller(key="k"), task=task, model="chat", payload=payload)


def answer(content: Any = None, finish: str = "stop", **more: Any) -> bytes:
    message = {"role": "assistant", "content": content, **more}
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}]}).encode()


def using(name: str, arguments: str) -> bytes:
    function = {"name": name, "arguments": arguments}
    return answer(finish="tool_calls", tool_calls=[{"id": "1", "function": function}])


@pytest.mark.parametrize(
    ("payload", "body", "ok"),
    [
        ({}, answer("In the beginning"), None),
        ({}, answer("  \n"), False),
        ({}, answer(None), False),
        ({}, answer("In the", "length"), False),
        ({"max_tokens": 2}, answer("In the", "length"), None),
        ({}, answer(None, "content_filter"), None),
        ({}, answer(None, refusal="I would rather not"), None),
        ({}, b'{"choices": []}', False),
        ({}, b"<html>", False),
        ({}, b'{"choices": [{"message": {"content": 5}}]}', None),
        ({}, answer(None, audio={"id": "1"}), None),
        ({}, answer(None, function_call={"name": "now"}), None),
        ({}, answer(None, tool_calls=[{"id": "1", "type": "custom"}]), None),
        ({"response_format": {"type": "json_object"}}, answer('{"a": 1}'), True),
        ({"response_format": {"type": "json_object"}}, answer("[1]"), False),
        ({"response_format": {"type": "json_object"}}, answer("```json\n{}\n```"), False),
        ({"response_format": {"type": "json_object"}}, answer('{"a": NaN}'), False),
        ({"response_format": FORM}, answer('{"verse": "Genesis 1:1"}'), True),
        ({"response_format": FORM}, answer('{"verse": 1}'), False),
        ({"response_format": FORM}, answer('{"verse": "a", "more": 1}'), False),
        ({"response_format": FORM, "max_tokens": 3}, answer('{"ver', "length"), None),
        ({"tools": [TOOL]}, using("look_up", '{"verse": "Genesis 1:1"}'), True),
        ({"tools": [TOOL]}, using("look_up", '{"verse": '), False),
        ({"tools": [TOOL]}, using("look_up", "[]"), False),
        ({"tools": [TOOL]}, using("look_up", ""), False),
        ({"tools": [TOOL]}, using("delete_all", "{}"), False),
        ({"tools": [{"type": "function", "function": {"name": "now"}}]}, using("now", ""), True),
        ({"tools": [TOOL] * 1000}, using("look_up", "{}"), None),
        ({}, using("look_up", "{}"), False),
        ({"tools": [TOOL]}, answer("I know it"), None),
        ({"tools": [TOOL], "tool_choice": "required"}, answer("I know it"), False),
        ({"tools": [TOOL], "tool_choice": {"type": "function"}}, answer("I know it"), False),
        ({"tools": [TOOL], "tool_choice": {"type": "allowed_tools"}}, answer("I know it"), None),
    ],
)
def test_what_the_verifiers_say(payload: dict[str, Any], body: bytes, ok: bool | None) -> None:
    found = verify(call(**payload), body)
    assert found.ok is ok, found.why


def test_every_choice_must_hold() -> None:
    good, bad = (json.loads(answer(text))["choices"][0] for text in ('{"verse": "a"}', "no"))
    both = json.dumps({"choices": [good, bad]}).encode()
    assert verify(call(response_format=FORM), both).ok is False


def test_many_choices_share_the_steps_of_one() -> None:
    """However many are asked for, the schema of a client takes no longer."""
    form = {"type": "json_schema", "json_schema": {"schema": {"items": SCHEMA}}}
    fit = json.dumps([{"verse": "a"}] * 500)
    some = json.loads(answer(fit))["choices"]
    assert verify(call(response_format=form), answer(fit)).ok is True
    assert (
        verify(call(response_format=form), json.dumps({"choices": some * 20}).encode()).ok is None
    )


def test_what_is_too_long_or_no_chat_is_not_judged() -> None:
    assert verify(call(), answer("a" * 300_000)).ok is None
    assert verify(call(Task.EMBEDDING), b"").ok is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "function", "name", "parameters", "json_schema", "schema"]),
            inner,
        )
    ),
    max_leaves=8,
)


@given(_JSON, _JSON, _JSON, st.sampled_from([answer("{}"), using("a", "{}"), b"", b"[[["]))
def test_nothing_raises_whatever_was_asked(form: Any, tools: Any, choice: Any, body: bytes) -> None:
    found = verify(call(response_format=form, tools=tools, tool_choice=choice), body)
    assert found.ok in (True, False, None)


def test_an_answer_that_is_deep_ends() -> None:
    deep = "[" * 100_000
    assert verify(call(response_format={"type": "json_object"}), answer(deep)).ok is False
