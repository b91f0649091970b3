"""Whatever is sent, it is a call or it is refused: no other exception comes of any body."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.api import chat, completions, embeddings, parse, rerank, responses
from rackhouse.services.gateway.model.call import Caller
from rackhouse.services.gateway.model.formats import ollama
from rackhouse.services.gateway.model.formats.anthropic import request
from rackhouse.services.gateway.model.problem import BadRequest, Forbidden, Problem

_READS = {
    each.__name__.rpartition(".")[2]: each.read
    for each in (chat, completions, embeddings, rerank, responses)
}
_FIELDS = """
    model messages role content user assistant system tool tools type text image_url url function
    name arguments tool_calls id stream stream_options include_usage max_tokens n best_of prompt
    input query documents top_n response_format json_schema schema tool_result tool_use
    tool_use_id source base64 data media_type stop metadata output_config format json_object
    tool_choice custom input_schema file file_data auto document
"""
_WORDS = st.sampled_from(_FIELDS.split())
_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _WORDS | st.text()
)
_ANY = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=5),
    max_leaves=8,
)
_PARTS = st.lists(st.dictionaries(_WORDS, _ANY, max_size=4) | _ANY, max_size=2)
_MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "tool"]) | _ANY},
        optional={"content": _PARTS | _ANY, "tool_calls": _PARTS, "tool_call_id": _ANY},
    ),
    max_size=3,
)
_BODIES = st.fixed_dictionaries(
    {"model": st.just("chat") | _ANY},
    optional={
        "messages": _MESSAGES | _ANY,
        "tools": _PARTS,
        "tool_choice": _ANY,
        "system": _PARTS | _ANY,
        "response_format": _ANY,
        "input": _ANY,
        "prompt": _ANY,
        "stream": _ANY,
        "n": _ANY,
        "stop": _ANY,
        "metadata": _ANY,
    },
)
_ASKER = parse.Asker(Caller(key="k"), 1000)


def _turn(part: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": [part]}


def _refused(read: Callable[[], object]) -> bool:
    """Whether it is refused by its field, and how to mend it said; else the fault is ours."""
    try:
        read()
    except BadRequest as problem:
        return bool(problem.param and problem.fix)
    return True


@given(name=st.sampled_from(sorted(_READS)), payload=_BODIES)
def test_a_body_is_a_call_or_is_refused_by_its_field(name: str, payload: dict[str, Any]) -> None:
    assert _refused(lambda: _READS[name](payload, _ASKER))


@given(payload=_BODIES)
def test_a_chat_can_be_told_to_anthropic_or_is_refused(payload: dict[str, Any]) -> None:
    assert _refused(lambda: request.from_chat(payload, "m", 1))


@given(payload=_BODIES)
def test_a_chat_can_be_told_to_ollama_or_is_refused(payload: dict[str, Any]) -> None:
    def told() -> None:
        ollama.asked(chat.read(payload, _ASKER).payload, "m", 1, 8192)

    assert _refused(told)


@given(payload=_BODIES)
def test_a_message_is_a_chat_or_is_refused(payload: dict[str, Any]) -> None:
    assert _refused(lambda: chat.read(request.to_chat(payload), _ASKER))


@pytest.mark.parametrize(
    "sent",
    [
        b'{"model":NaN}', b'{"model":Infinity}', b'{"model":"\\ud800"}', b'{"a":1e999}', b"",
        b'{"a":' + b"[" * 200_000, b'{"model":"a"', b"[]", b'"a"', b"\xff\xfe", b'{"a":1}{"b":2}',
        b'{"a":"\xff"}',
    ],
)  # fmt: skip
def test_hostile_json_is_refused(sent: bytes) -> None:
    with pytest.raises(BadRequest, match="no JSON object"):
        parse.body(sent)


def test_of_a_field_that_is_said_twice_the_last_one_is_what_everybody_reads() -> None:
    assert parse.body(b'{"model":"a","model":"b"}') == {"model": "b"}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": [7]}, "messages[0]"),
        ({"messages": [{"role": "king"}]}, "messages[0]"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [7]}]}, "messages[0].content[0]"),
        ({"stream": "yes"}, "stream"),
        ({"stream_options": 7}, "stream_options"),
        ({"stream_options": {"include_usage": 7}}, "include_usage"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_tokens": 10**30}, "max_tokens"),
        ({"max_completion_tokens": "9"}, "max_completion_tokens"),
        ({"n": 129}, "n"),
        ({"tools": {}}, "tools"),
        ({"response_format": []}, "response_format"),
        ({"model": None}, "model"),
    ],
)
def test_a_wrong_field_is_named(body: dict[str, Any], param: str) -> None:
    right = {"model": "chat", "messages": [{"role": "user", "content": "a"}]} if body else {}
    with pytest.raises(BadRequest) as caught:
        chat.read({**right, **body}, _ASKER)
    assert caught.value.param == param


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "file:///etc/passwd", "ftp://a", "//a", "", 7]
)
def test_an_image_is_data_or_https_and_nothing_else(url: object) -> None:
    part = {"type": "image_url", "image_url": {"url": url}}
    with pytest.raises(BadRequest, match="https"):
        chat.read({"model": "m", "messages": [{"role": "user", "content": [part]}]}, _ASKER)


_DATA = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}
_SOMEWHERE = "http://169.254.169.254/latest/meta-data"


@pytest.mark.parametrize(
    ("part", "param"),
    [
        ({"type": "video_url", "video_url": {"url": _SOMEWHERE}}, "video_url"),
        ({"type": "audio_url", "audio_url": {"url": _SOMEWHERE}}, "audio_url"),
        ({"type": "text", "text": "a", "video_url": {"url": _SOMEWHERE}}, "video_url"),
        ({"type": "text", "text": "a", "image_url": {"url": _SOMEWHERE}}, "image_url.url"),
        ({"type": "input_image", "image_url": _SOMEWHERE}, "image_url.url"),
        ({**_DATA, "video_url": {"url": _SOMEWHERE}}, "video_url"),
        ({"type": "file", "file": {"file_data": _SOMEWHERE}}, "file.file_data"),
        ({"type": "file", "file": {"file_url": "https://a/b.pdf"}}, "file.file_url"),
    ],
)
def test_no_address_is_passed_on_that_nobody_looked_at(part: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        chat.read({"model": "m", "messages": [{"role": "user", "content": [part]}]}, _ASKER)
    assert caught.value.param == f"messages[0].content[0].{param}"


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({"input": [_turn({"image_url": _SOMEWHERE})]}, "input[0].content[0].image_url"),
        ({"input": [_turn({"file_url": _SOMEWHERE})]}, "input[0].content[0].file_url"),
        ({"input": [{"type": "x", "output": [{"video_url": "https://a"}]}]}, "input[0].output[0]"),
        ({"input": "a", "tools": [{"type": "mcp", "server_url": _SOMEWHERE}]}, "tools[0]"),
    ],
)
def test_nor_in_a_response(said: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        responses.read({"model": "m", **said}, _ASKER)
    assert caught.value.param.startswith(param)


def test_a_tool_may_have_a_parameter_of_any_name() -> None:
    url = {"type": "object", "properties": {"image_url": {"type": "string"}}}
    tool = {"type": "function", "name": "look", "parameters": url}
    assert responses.read({"model": "m", "input": "a", "tools": [tool]}, _ASKER).fetched == ""


@pytest.mark.parametrize(
    ("part", "fetched", "unbounded"),
    [
        ({"type": "text", "text": "https://a"}, "", ""),
        ({"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}, "", ""),
        ({"type": "image_url", "image_url": {"url": "https://a"}}, "image_url.url", ""),
        ({"type": "file", "file": {"file_data": "data:application/pdf;base64,aGk="}}, "", ""),
        ({"type": "file", "file": {"file_id": "file-1"}}, "", "file.file_id"),
        (
            {"type": "file", "file": {"file_data": "https://a/b.pdf"}},
            *("file.file_data", "file.file_data"),
        ),
    ],
)
def test_it_is_known_what_is_fetched_and_what_nobody_can_count(
    part: dict[str, Any], fetched: str, unbounded: str
) -> None:
    text = {"type": "text", "text": "What?"}
    said = {"model": "m", "messages": [{"role": "user", "content": [text, part]}]}
    call = chat.read(said, _ASKER)
    at = "messages[0].content[1]."
    assert (call.fetched, call.unbounded) == (
        fetched and at + fetched,
        unbounded and at + unbounded,
    )


@pytest.mark.parametrize(
    ("said", "fetched", "unbounded"),
    [
        ({"previous_response_id": "resp_1"}, "", "previous_response_id"),
        ({"conversation": {"id": "conv_1"}}, "", "conversation"),
        ({"prompt": {"id": "pmpt_1"}}, "", "prompt"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "", "input[0]"),
        ({"input": [{"id": "msg_1"}]}, "", "input[0]"),
        ({"input": [_turn({"file_id": "file-1"})]}, "", "input[0].content[0].file_id"),
        (
            {"input": [_turn({"file_url": "https://a/b.pdf"})]},
            *("input[0].content[0].file_url", "input[0].content[0].file_url"),
        ),
        ({"input": [_turn({"image_url": "https://a"})]}, "input[0].content[0].image_url", ""),
        ({"input": [_turn({"type": "input_text", "text": "a"})]}, "", ""),
    ],
)
def test_of_a_response_as_well(said: dict[str, Any], fetched: str, unbounded: str) -> None:
    call = responses.read({"model": "m", "input": "a", **said}, _ASKER)
    assert (call.fetched, call.unbounded) == (fetched, unbounded)


def test_an_image_of_a_response_counts_as_one_too() -> None:
    said = {"input": [_turn({"type": "input_image", "image_url": "data:image/png;base64,aGk="})]}
    call = responses.read({"model": "m", **said}, _ASKER)
    assert call.images
    assert call.prompt > 50_000


def test_an_image_counts_as_one_and_not_by_its_bytes() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "a" * 10**6}}
    payload = {"model": "m", "messages": [{"role": "user", "content": [image]}]}
    size = len(json.dumps(payload))
    call = chat.read(payload, parse.Asker(Caller(key="k"), size))
    assert call.images
    assert call.prompt < 60_000


@pytest.mark.parametrize(
    ("more", "answer", "choices"),
    [({}, 4096, 1), ({"max_tokens": 5, "n": 3}, 15, 3), ({"max_completion_tokens": 7}, 7, 1)],
)
def test_what_an_answer_may_cost_is_known(more: dict[str, int], answer: int, choices: int) -> None:
    payload = {"model": "m", "messages": [{"role": "user", "content": "a"}], **more}
    call = chat.read(payload, _ASKER)
    assert (call.answer, call.choices) == (answer, choices)


def test_each_text_of_a_list_is_answered_and_paid() -> None:
    payload = {"model": "m", "prompt": ["a", "b"], "n": 2, "max_tokens": 10}
    assert completions.read(payload, _ASKER).answer == 40


def test_a_key_asks_for_its_own_models_alone() -> None:
    asker = parse.Asker(Caller(key="k", models=frozenset({"small"})), 1)
    with pytest.raises(Forbidden) as caught:
        embeddings.read({"model": "large", "input": "a"}, asker)
    problem: Problem = caught.value
    assert "it may ask for small" in problem.message
