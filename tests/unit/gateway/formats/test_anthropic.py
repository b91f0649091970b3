"""Chats become messages and come back: words, images, tools and their ids are kept."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.formats.anthropic import answer, request
from rackhouse.services.gateway.model.formats.anthropic.chunks import ToChat
from rackhouse.services.gateway.model.formats.anthropic.events import FromChat
from rackhouse.services.gateway.model.formats.events import Events
from rackhouse.services.gateway.model.problem import BadRequest, OverBudget

_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(
    lambda said: said == said.rstrip()
)
_NAME = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
_JSON = st.dictionaries(_NAME, st.integers(-5, 5) | _TEXT | st.booleans(), max_size=3)
_SAID = st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": _TEXT})
_IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}
_SEEN = st.builds(
    lambda said: {"role": "user", "content": [{"type": "text", "text": said}, _IMAGE]}, _TEXT
)


def _within(minutes: int, hour: int) -> dict[str, int]:
    return {"ephemeral_5m_input_tokens": minutes, "ephemeral_1h_input_tokens": hour}


def _written(said: dict[str, Any]) -> str:
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


@st.composite
def _used(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Tools that were used, and what they answered."""
    ids = draw(st.lists(_NAME, min_size=1, max_size=3, unique=True))
    calls = [
        {
            "id": each,
            "type": "function",
            "function": {
                "name": draw(_NAME),
                "arguments": json.dumps(draw(_JSON), separators=(",", ":"), ensure_ascii=False),
            },
        }
        for each in ids
    ]
    results = [{"role": "tool", "tool_call_id": each, "content": draw(_TEXT)} for each in ids]
    return [{"role": "assistant", "content": None, "tool_calls": calls}, *results]


@st.composite
def _chats(draw: st.DrawFn) -> dict[str, Any]:
    turns = draw(st.lists(_SAID | _SEEN | _used(), min_size=1, max_size=5))
    messages: list[dict[str, Any]] = [{"role": "user", "content": draw(_TEXT)}]
    for turn in turns:
        for each in turn if isinstance(turn, list) else [turn]:
            # Anthropic's turns alternate: two of one speaker become one there, as they should.
            same = each["role"] == messages[-1]["role"] != "tool"
            after_tool = messages[-1]["role"] == "tool" and each["role"] == "user"
            if not same and not after_tool:
                messages.append(each)
    system = [{"role": "system", "content": draw(_TEXT)}] if draw(st.booleans()) else []
    schema = {"type": "object", "properties": {}}
    tools = [
        {"type": "function", "function": {"name": each, "description": "d", "parameters": schema}}
        for each in draw(st.lists(_NAME, max_size=2, unique=True))
    ]
    chosen = draw(st.sampled_from(["auto", "required", "none"]))
    return {
        "model": "m",
        "max_tokens": 100,
        "messages": system + messages,
        **({"tools": tools, "tool_choice": chosen} if tools else {}),
        **({"stop": draw(st.lists(_TEXT, min_size=1))} if draw(st.booleans()) else {}),
    }


@given(_chats())
def test_a_chat_comes_back_as_it_went(chat: dict[str, Any]) -> None:
    there = request.from_chat(chat, "m", 100)
    assert all(each["role"] in ("user", "assistant") for each in there["messages"])
    assert request.to_chat(there) == chat


def test_what_anthropic_cannot_be_told_is_refused_by_its_field() -> None:
    sound = [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]
    chat = {"messages": [{"role": "user", "content": sound}]}
    with pytest.raises(BadRequest) as caught:
        request.from_chat(chat, "m", 1)
    assert caught.value.param == "messages[0].content[0]"


def test_a_schema_is_anthropics_own_and_any_json_a_sentence() -> None:
    user = [{"role": "user", "content": "a"}]
    schema = {"type": "object", "properties": {}}
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    made = request.from_chat({"messages": user, "response_format": form}, "m", 1)
    assert made["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
    made = request.from_chat({"messages": user, "response_format": {"type": "json_object"}}, "m", 1)
    assert "JSON" in made["system"][0]["text"]


def test_the_marker_of_a_cache_is_kept_both_ways() -> None:
    marker = {"type": "ephemeral"}
    system = [{"type": "text", "text": "long", "cache_control": marker}]
    asked = {"system": system, "messages": [{"role": "user", "content": "a"}], "max_tokens": 1}
    assert request.from_chat(request.to_chat(asked), "m", 1)["system"] == system


def test_thoughts_are_left_out_of_what_others_are_asked() -> None:
    thought = {"type": "thinking", "thinking": "…", "signature": "s"}
    said = [thought, {"type": "text", "text": "so"}]
    chat = request.to_chat({"messages": [{"role": "assistant", "content": said}]})
    assert chat["messages"] == [{"role": "assistant", "content": "so"}]


def _message(events: list[bytes]) -> dict[str, Any]:
    """What Anthropic's own client would put together."""
    message: dict[str, Any] = {}
    for each in events:
        said = json.loads(each)
        match said["type"]:
            case "message_start":
                message = said["message"]
            case "content_block_start":
                assert said["index"] == len(message["content"])
                message["content"].append({**said["content_block"], "json": ""})
            case "content_block_delta":
                block, delta = message["content"][said["index"]], said["delta"]
                block["text"] = block.get("text", "") + delta.get("text", "")
                block["json"] += delta.get("partial_json", "")
            case "message_delta":
                message |= said["delta"] | {"usage": said["usage"]}
    return message


_CALLS = st.lists(st.tuples(_NAME, _JSON), max_size=3)


@given(st.text(max_size=30), _CALLS, st.randoms(use_true_random=False))
def test_a_stream_of_chunks_is_the_same_message(
    said: str, calls: list[tuple[str, dict[str, Any]]], random: Any
) -> None:
    deltas: list[dict[str, Any]] = [{"content": letter} for letter in said]
    for index, (name, given_) in enumerate(calls):
        written = json.dumps(given_)
        cut = random.randint(0, len(written))
        head = {"index": index, "id": f"call{index}", "function": {"name": name, "arguments": ""}}
        deltas.append({"tool_calls": [head]})
        for part in (written[:cut], written[cut:]):
            deltas.append({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
    finish = "tool_calls" if calls else "stop"
    chunks = [{"choices": [{"index": 0, "delta": each}]} for each in deltas]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    chunks.append({"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}})
    told = FromChat("msg_1", "m")
    written_ = b"".join(b for each in chunks for b in told.read(json.dumps(each).encode()))
    message = _message(Events().feed(written_ + b"".join(told.end())))
    texts = [each["text"] for each in message["content"] if each["type"] == "text"]
    used = [each for each in message["content"] if each["type"] == "tool_use"]
    assert "".join(texts) == said
    assert [(each["name"], json.loads(each["json"])) for each in used] == calls
    assert message["stop_reason"] == ("tool_use" if calls else "end_turn")
    assert message["usage"]["output_tokens"] == 2


def test_calls_whose_arguments_are_mixed_come_one_after_the_other() -> None:
    told = FromChat("msg_1", "m")
    parts = [(0, "a", '{"x":'), (1, "b", "{"), (0, None, "1}"), (1, None, "}")]
    raw = b""
    for index, name, said in parts:
        call = {"index": index, "id": name, "function": {"name": name, "arguments": said}}
        chunk = {"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}
        raw += b"".join(told.read(json.dumps(chunk).encode()))
    message = _message(Events().feed(raw + b"".join(told.end())))
    assert [(each["name"], each["json"]) for each in message["content"]] == [
        ("a", '{"x":1}'),
        ("b", "{}"),
    ]


def test_a_message_that_is_broken_off_does_not_end() -> None:
    usage = Usage()
    told = ToChat(usage, 1, counts=False)
    start = {
        "type": "message_start",
        "message": {"id": "m", "content": [], "usage": {"input_tokens": 5, "output_tokens": 1}},
    }
    assert len(list(told.read(json.dumps(start).encode()))) == 1
    assert not usage.known
    with pytest.raises(ValueError, match="broke off"):
        list(told.end())


def test_a_count_is_known_when_the_message_has_its_end() -> None:
    usage = Usage()
    told = ToChat(usage, 1, counts=False)
    for reason, known in (("null", False), ('"end_turn"', True)):
        counted = b'"usage":{"input_tokens":9,"output_tokens":1}'
        delta = b'{"type":"message_delta","delta":{"stop_reason":%s},%s}'
        list(told.read(delta % (reason.encode(), counted)))
        assert (usage.output, usage.known) == (1, known)


def test_an_overloaded_one_says_so_in_mid_stream() -> None:
    said = b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    with pytest.raises(ValueError, match="error in mid-stream"):
        list(ToChat(Usage(), 1, counts=False).read(said))


def test_what_a_cache_had_is_a_part_of_what_was_read() -> None:
    body = {
        "id": "msg_1",
        "content": [{"type": "text", "text": "a"}],
        "usage": {"input_tokens": 7, "cache_read_input_tokens": 3, "output_tokens": 2},
    }
    usage = Usage()
    chat = json.loads(answer.to_chat(json.dumps(body).encode(), usage, 1))
    assert (usage.input, usage.cached, usage.output) == (10, 3, 2)
    back = json.loads(answer.from_chat(json.dumps(chat).encode(), "m"))
    assert (back["usage"]["input_tokens"], back["usage"]["cache_read_input_tokens"]) == (7, 3)


@pytest.mark.parametrize(
    ("written", "surcharge"),
    [
        ({}, 0),
        ({"cache_creation_input_tokens": 100}, 100),
        ({"cache_creation_input_tokens": 101, "cache_creation": _within(101, 0)}, 26),
        ({"cache_creation_input_tokens": 101, "cache_creation": _within(1, 100)}, 101),
        ({"cache_creation_input_tokens": 100, "cache_creation": _within(900, 0)}, 25),
        ({"cache_creation_input_tokens": 100, "cache_creation": None}, 100),
    ],
)
def test_writing_a_cache_costs_a_quarter_more_or_twice_as_much(
    written: dict[str, Any], surcharge: int
) -> None:
    said = {"input_tokens": 7, "output_tokens": 2, **written}
    body = {"content": [{"type": "text", "text": "a"}], "usage": said}
    usage = Usage()
    answer.to_chat(json.dumps(body).encode(), usage, 1)
    assert usage.surcharge == surcharge
    assert usage.input == 7 + written.get("cache_creation_input_tokens", 0)


def test_the_last_count_of_a_stream_may_not_say_for_how_long() -> None:
    usage = Usage()
    for more in ({"cache_creation": _within(100, 0)}, {}):
        said = {"input_tokens": 7, "cache_creation_input_tokens": 100, **more}
        answer.count(msgspec.convert(said, answer.Counted), usage)
    assert usage.surcharge == 25


def test_an_error_has_the_kind_that_anthropics_client_knows() -> None:
    said = answer.error(OverBudget("the month is used up", fix="wait"))
    assert said == {
        "type": "error",
        "error": {"type": "rate_limit_error", "message": "the month is used up. wait"},
    }


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAME, inner, max_size=2),
    max_leaves=4,
)
_DETAILS = st.dictionaries(st.just("cached_tokens"), _ANY) | _ANY
_USAGE = st.dictionaries(st.sampled_from(["prompt_tokens", "completion_tokens"]), _ANY)
_CHOICE = st.fixed_dictionaries({"message": _ANY}, optional={"finish_reason": _ANY})


@given(
    st.fixed_dictionaries(
        {"choices": st.lists(_CHOICE, max_size=1) | _ANY},
        optional={
            "usage": st.builds(lambda u, d: {**u, "prompt_tokens_details": d}, _USAGE, _DETAILS)
        },
    )
)
def test_a_message_is_made_of_any_answer_or_it_is_none(said: dict[str, Any]) -> None:
    with suppress(ValueError):
        assert json.loads(answer.from_chat(_written(said).encode(), "m"))["type"] == "message"
