"""Each form in, and each protocol out, over real HTTP: whoever asks, whoever answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.models.events import chunks, said
from fakes.models.rack import SECRET
from fakes.models.script import Act, Does
from fakes.models.text_embeddings import BATCH
from rackhouse.services.gateway.api.http import BODY_LIMIT
from rackhouse.services.gateway.model.config import Kind

_TEXT = Act().text
_CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"at":1}'}}
_CALLS = Act(message={"role": "assistant", "content": None, "tool_calls": [_CALL]})
_TOOL = {"name": "look", "description": "Look.", "input_schema": {"type": "object"}}
_KINDS = {
    "openai": {"kind": Kind.OPENAI},
    "anthropic": {"kind": Kind.ANTHROPIC},
    "ollama": {"kind": Kind.OLLAMA, "context": 8192},
    "embeddings": {"kind": Kind.EMBEDDINGS},
}


class _Desks(dict[str, Desk]):
    """A gateway before an upstream of each kind, once it is asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __missing__(self, name: str) -> Desk:
        self[name] = self._stack.enter_context(desk(("first",), upstreams={"first": _KINDS[name]}))
        return self[name]


@pytest.fixture(scope="module")
def desks() -> Iterator[dict[str, Desk]]:
    with ExitStack() as stack:
        yield _Desks(stack)


@pytest.fixture(params=["openai", "anthropic", pytest.param("ollama", marks=pytest.mark.slow)])
def door(request: pytest.FixtureRequest, desks: dict[str, Desk]) -> Desk:
    return desks[request.param].fresh()


@pytest.fixture
def anthropic(desks: dict[str, Desk]) -> Desk:
    return desks["anthropic"].fresh()


@pytest.fixture
def plain(desks: dict[str, Desk]) -> Desk:
    return desks["openai"].fresh()


def _asked(door: Desk) -> dict[str, Any]:
    return door.scripts["first"].asked[-1]


def _limits(door: Desk) -> list[int]:
    """Each limit of an answer that the upstream was told."""
    asked = _asked(door)
    said = {**asked, **asked.get("options", {})}
    names = ("max_tokens", "max_completion_tokens", "num_predict")
    return [said[name] for name in names if name in said]


def _message(door: Desk, **more: Any) -> httpx.Response:
    body = {"model": "chat", "max_tokens": 50, "messages": [{"role": "user", "content": "What?"}]}
    return door.client.post("/v1/messages", json=body | more)


def _events(response: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    blocks = response.text.strip().split("\n\n")
    lines = [block.split("\n") for block in blocks]
    return [(a.removeprefix("event: "), json.loads(b.removeprefix("data: "))) for a, b in lines]


def test_a_chat_is_answered(door: Desk) -> None:
    answer = door.chat(max_completion_tokens=77).json()
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": _TEXT}
    assert answer["usage"]["completion_tokens"] == len(_TEXT.split())
    assert _limits(door) == [77]


def test_a_limit_is_always_set(door: Desk) -> None:
    door.chat()
    assert _limits(door) == [4096]


def test_a_trace_is_gone_on_with_whatever_the_upstream_speaks(door: Desk) -> None:
    trace = f"{4711:032x}"
    door.client.post(
        "/v1/chat/completions",
        json={"model": "chat", "messages": [{"role": "user", "content": "What?"}]},
        headers={"traceparent": f"00-{trace}-{7:016x}-01"},
    ).raise_for_status()
    passed = _asked(door)["headers"]["traceparent"]
    assert passed.startswith(f"00-{trace}-")
    assert f"{7:016x}" not in passed  # its parent is the gateway's own span


@pytest.mark.slow
def test_ollama_is_told_how_long_a_prompt_may_be(desks: dict[str, Desk]) -> None:
    door = desks["ollama"].fresh()
    schema = {"type": "object", "properties": {}}
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    assert door.chat(response_format=form, temperature=0.5, stop=["."]).status_code == 200
    asked = _asked(door)
    assert (asked["path"], asked["format"]) == ("/api/chat", schema)
    options = {"num_ctx": 8192, "num_predict": 4096, "temperature": 0.5, "stop": ["."]}
    assert asked["options"] == options


@pytest.mark.slow
def test_a_stream_of_ollama_that_breaks_off_says_so(desks: dict[str, Desk]) -> None:
    door = desks["ollama"].fresh()
    door.scripts["first"].always = Act(does=Does.BREAK, after=2)
    _, events = door.stream()
    assert "broke off" in events[-1]


def test_a_chat_is_streamed(door: Desk) -> None:
    status, events = door.stream(stream_options={"include_usage": True})
    assert (status, events[-1], said(events)) == (200, "[DONE]", _TEXT)
    *_, last, counted = chunks(events)
    assert last["choices"][0]["finish_reason"] == "stop"
    assert counted["usage"]["completion_tokens"] == len(_TEXT.split())


def test_who_did_not_ask_for_a_count_gets_none(door: Desk) -> None:
    _, events = door.stream()
    assert not any('"usage":{' in each for each in events)


def test_tools_are_called_and_answered(door: Desk) -> None:
    door.scripts["first"].always = _CALLS
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    answer = door.chat(tools=tools).json()["choices"][0]
    called = answer["message"]["tool_calls"][0]
    assert (answer["finish_reason"], called["id"][:5]) == ("tool_calls", "call_")
    assert json.loads(called["function"]["arguments"]) == {"at": 1}
    messages = [
        {"role": "user", "content": "What?"},
        answer["message"],
        {"role": "tool", "tool_call_id": called["id"], "content": "a tree"},
    ]
    assert door.chat(messages=messages, tools=tools).status_code == 200


def test_tools_are_called_in_a_stream(door: Desk) -> None:
    door.scripts["first"].always = _CALLS
    _, events = door.stream()
    deltas = [json.loads(each)["choices"][0]["delta"] for each in events[:-1]]
    calls = [call for each in deltas for call in each.get("tool_calls") or ()]
    assert (calls[0]["id"][:5], calls[0]["function"]["name"]) == ("call_", "look")
    assert json.loads("".join(each["function"]["arguments"] for each in calls)) == {"at": 1}


def test_a_message_is_answered(door: Desk) -> None:
    answer = _message(door, system="Be brief.").json()
    assert answer["content"] == [{"type": "text", "text": _TEXT}]
    assert (answer["type"], answer["stop_reason"]) == ("message", "end_turn")
    assert answer["usage"]["output_tokens"] == len(_TEXT.split())


def test_a_message_is_streamed_with_its_events(door: Desk) -> None:
    events = _events(_message(door, stream=True))
    names = [name for name, _ in events]
    assert names[:2] == ["message_start", "content_block_start"]
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    deltas = [said["delta"] for name, said in events if name == "content_block_delta"]
    assert "".join(each["text"] for each in deltas) == _TEXT
    assert events[-2][1]["usage"]["output_tokens"] == len(_TEXT.split())


def test_tools_and_images_of_a_message_are_passed_on(door: Desk) -> None:
    door.scripts["first"].always = _CALLS
    source = {"type": "base64", "media_type": "image/png", "data": "aGk="}
    content = [{"type": "text", "text": "What?"}, {"type": "image", "source": source}]
    messages = [{"role": "user", "content": content}]
    choice = {"type": "any"}
    answer = _message(door, messages=messages, tools=[_TOOL], tool_choice=choice).json()
    assert answer["stop_reason"] == "tool_use"
    (used,) = answer["content"]
    assert (used["type"], used["name"], used["input"]) == ("tool_use", "look", {"at": 1})
    assert "aGk=" in json.dumps(_asked(door)["messages"])
    result = {"type": "tool_result", "tool_use_id": used["id"], "content": "a tree"}
    messages += [{"role": "assistant", "content": answer["content"]}]
    messages += [{"role": "user", "content": [result]}]
    assert _message(door, messages=messages, tools=[_TOOL]).status_code == 200
    assert "a tree" in json.dumps(_asked(door)["messages"])


def test_an_error_of_a_message_is_in_anthropics_form(door: Desk) -> None:
    answer = _message(door, messages=[])
    assert (answer.status_code, answer.json()["type"]) == (400, "error")
    assert answer.json()["error"]["type"] == "invalid_request_error"
    unknown = _message(door, model="nobody").json()["error"]
    assert unknown["type"] == "not_found_error"


def test_a_break_in_a_streamed_message_is_an_event(anthropic: Desk) -> None:
    anthropic.scripts["first"].always = Act(does=Does.BREAK, after=5)
    name, said = _events(_message(anthropic, stream=True))[-1]
    assert (name, said["type"], said["error"]["type"]) == ("error", "error", "api_error")


def test_anthropics_key_is_shown_in_anthropics_header(anthropic: Desk) -> None:
    headers = {"x-api-key": SECRET}
    body = {"model": "chat", "messages": [{"role": "user", "content": "a"}], "max_tokens": 5}
    answer = httpx.post(f"{anthropic.url}/v1/messages", json=body, headers=headers)
    assert answer.status_code == 200
    assert _asked(anthropic)["headers"]["anthropic-version"] == "2023-06-01"


def test_tokens_of_a_message_are_about_so_many(plain: Desk) -> None:
    body = {"model": "chat", "messages": [{"role": "user", "content": "word " * 100}]}
    answer = plain.client.post("/v1/messages/count_tokens", json=body).json()
    assert 100 < answer["input_tokens"] < 200
    assert not plain.scripts["first"].asked


def test_texts_are_gone_on_with(plain: Desk) -> None:
    body = {"model": "chat", "prompt": "In the", "max_tokens": 9}
    answer = plain.client.post("/v1/completions", json=body).json()
    assert answer["choices"][0]["text"] == _TEXT
    streamed = plain.client.post("/v1/completions", json=body | {"stream": True}).text
    assert streamed.endswith("data: [DONE]\n\n")
    assert "usage" not in streamed


@pytest.mark.parametrize("said", ["one", ["one", "two"], [1, 2], [[1], [2, 3]]])
@pytest.mark.parametrize("form", ["float", "base64", None])
def test_vectors_come_in_the_form_that_was_asked_for(
    plain: Desk, said: object, form: str | None
) -> None:
    body = {"model": "chat", "input": said} | ({"encoding_format": form} if form else {})
    answer = plain.client.post("/v1/embeddings", json=body).json()
    kind = str if form == "base64" else list
    assert all(isinstance(each["embedding"], kind) for each in answer["data"])


def test_more_texts_than_a_server_takes_are_asked_in_turns(desks: dict[str, Desk]) -> None:
    door = desks["embeddings"].fresh()
    texts = [f"text {number}" for number in range(BATCH * 2 + 3)]
    answer = door.client.post("/v1/embeddings", json={"model": "chat", "input": texts}).json()
    assert [each["index"] for each in answer["data"]] == list(range(len(texts)))
    assert answer["usage"]["prompt_tokens"] == 2 * len(texts)
    assert len(door.scripts["first"].asked) == 3


def test_documents_are_ordered_by_a_question(desks: dict[str, Desk]) -> None:
    door = desks["embeddings"].fresh()
    documents = ["a tree", {"text": "the light and the dark"}, *["nothing"] * BATCH]
    body = {"model": "chat", "query": "the light", "documents": documents, "top_n": 2}
    trace = {"traceparent": f"00-{4711:032x}-{7:016x}-01"}
    answer = door.client.post("/v1/rerank", json=body, headers=trace).json()
    assert all(
        f"{4711:032x}" in each["headers"]["traceparent"] for each in door.scripts["first"].asked
    )
    best = answer["results"][0]
    assert (best["index"], best["document"]["text"]) == (1, "the light and the dark")
    assert (len(answer["results"]), answer["usage"]["total_tokens"]) == (2, 24)


def test_models_are_listed_for_both_kinds_of_client(plain: Desk) -> None:
    listed = plain.client.get("/v1/models").json()
    assert (listed["object"], listed["has_more"], listed["first_id"]) == ("list", False, "chat")
    one = plain.client.get("/v1/models/chat").json()
    assert (one["object"], one["type"], one["id"]) == ("model", "model", "chat")
    assert one["abilities"] == sorted(plain.config.upstreams[0].abilities)
    missing = plain.client.get("/v1/models/no/body")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "model_not_found")


def test_what_the_client_did_wrong_is_told_in_the_upstreams_words(plain: Desk) -> None:
    plain.scripts["first"].always = Act(does=Does.ERROR, status=400)
    answer = plain.chat()
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, "scripted")


def test_an_upstream_that_refuses_our_key_is_not_the_clients_fault(plain: Desk) -> None:
    plain.scripts["first"].always = Act(does=Does.ERROR, status=401)
    assert plain.chat().status_code == 502


def test_a_key_in_the_address_is_refused_and_not_repeated(plain: Desk) -> None:
    answer = plain.client.post("/v1/chat/completions?api_key=sk-secret", json={})
    assert answer.status_code == 400
    assert "in the address" in answer.json()["error"]["message"]
    assert "sk-secret" not in answer.text


def test_nothing_of_a_client_becomes_a_header_of_an_upstream(plain: Desk) -> None:
    plain.client.post(
        "/v1/chat/completions",
        json={"model": "chat", "messages": [{"role": "user", "content": "a"}]},
        headers={"x-forwarded-for": "1.2.3.4", "cookie": "a=b", "x-api-key": "k", "via": "me"},
    )
    sent = _asked(plain)["headers"].keys()
    assert not sent & {"x-forwarded-for", "cookie", "x-api-key", "via"}


@pytest.mark.slow
def test_a_body_over_the_limit_is_not_held(plain: Desk) -> None:
    sent = b" " * (BODY_LIMIT + 1)
    with suppress(httpx.TransportError):  # it may be told while it is still sending
        answer = plain.client.post("/v1/chat/completions", content=sent)
        assert answer.status_code == 413
    assert not plain.scripts["first"].asked
    assert plain.chat().status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nothing"), ("GET", "/v1/embeddings")])
def test_what_is_not_there_is_said_in_the_form_of_every_error(
    plain: Desk, method: str, path: str
) -> None:
    answer = plain.client.request(method, path)
    assert answer.status_code in (404, 405)
    assert answer.json()["error"]["code"] == "unknown_path"
