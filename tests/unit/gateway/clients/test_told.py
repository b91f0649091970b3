"""What upstreams of OpenAI's protocol are told of what a client said, and what they are not."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.services.gateway.api import chat, completions, embeddings, parse, responses
from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.clients.openai import payload
from rackhouse.services.gateway.model.call import Call, Caller
from rackhouse.services.gateway.model.config import Kind, Upstream

_SAID = {"model": "m", "messages": [{"role": "user", "content": "a"}]}


def _chat(more: dict[str, Any], size: int = 100) -> Call:
    return chat.read(_SAID | more, parse.Asker(Caller(key="k"), size))


def _upstream(**more: Any) -> Upstream:
    return Upstream(**{"name": "one", "kind": Kind.VLLM, "model": "m", "local": True, **more})


@pytest.mark.parametrize(
    ("context", "size", "most"),
    [(0, 100, 4096), (32768, 100, 4096), (4096, 100, 3996), (4096, 9000, 1024), (8192, 5000, 3192)],
)
def test_who_names_no_limit_gets_what_there_is_room_for(context: int, size: int, most: int) -> None:
    assert payload(_upstream(context=context), _chat({}, size))["max_tokens"] == most


def test_of_each_path() -> None:
    asker, small = parse.Asker(Caller(key="k"), 96), _upstream(context=2096)
    text = completions.read({"model": "m", "prompt": "a"}, asker)
    assert payload(small, text)["max_tokens"] == 2000
    response = responses.read({"model": "m", "input": "a"}, asker)
    assert payload(small, response)["max_output_tokens"] == 2000


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_limit_that_is_named_is_the_clients_own_affair(name: str) -> None:
    assert payload(_upstream(context=4096), _chat({name: 4096}))["max_tokens"] == 4096


_OUTSIDE = {"kind": Kind.OPENAI, "local": False}


@pytest.mark.parametrize("name", ["service_tier", "models", "route", "provider"])
def test_no_client_chooses_a_dearer_way_at_an_outside_upstream(name: str) -> None:
    dear = _chat({name: "priority"})
    assert name not in payload(_upstream(**_OUTSIDE), dear)
    assert payload(_upstream(), dear)[name] == "priority"


@pytest.mark.parametrize("name", ["web_search_options", "plugins", "search_parameters", "audio"])
def test_what_costs_a_fee_beside_the_tokens_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(Failed) as caught:
        payload(_upstream(**_OUTSIDE), _chat({name: {}}))
    refusal = caught.value.refusal
    assert refusal is not None
    assert (refusal.status, refusal.param) == (400, name)
    assert (caught.value.asked, caught.value.fault) == (False, False)
    assert name in payload(_upstream(), _chat({name: {}}))


@pytest.mark.parametrize(("kind", "fee"), [("web_search", True), ("mcp", True), ("custom", False)])
def test_nor_does_an_upstream_run_tools_of_its_own(kind: str, fee: bool) -> None:
    tools = [{"type": "function", "name": "look"}, {"type": kind}]
    said = {"model": "m", "input": "a", "tools": tools}
    call = responses.read(said, parse.Asker(Caller(key="k"), 100))
    if not fee:
        assert payload(_upstream(**_OUTSIDE), call)["tools"] == tools
        return
    with pytest.raises(Failed) as caught:
        payload(_upstream(**_OUTSIDE), call)
    assert caught.value.refusal is not None
    assert caught.value.refusal.param == "tools[1]"


def test_vectors_are_of_texts_alone() -> None:
    said = {"model": "m", "input": "a", "messages": [{"role": "user", "content": []}]}
    call = embeddings.read(said, parse.Asker(Caller(key="k"), 100))
    assert "messages" not in payload(_upstream(), call)
