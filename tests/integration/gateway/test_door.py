"""The whole way over real HTTP: a client, the gateway, scripted upstreams."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.models.script import Act, Does


@pytest.fixture(scope="module")
def _door() -> Iterator[Desk]:
    with desk() as one:
        yield one


@pytest.fixture
def door(_door: Desk) -> Desk:
    return _door.fresh()


def test_an_answer_is_passed_on_by_the_upstreams_own_name(door: Desk) -> None:
    answer = door.chat().json()
    assert answer["choices"][0]["message"]["content"].startswith("In the beginning")
    assert door.scripts["first"].asked[0]["model"] == "scripted"


def test_a_stream_comes_whole(door: Desk) -> None:
    status, events = door.stream()
    words = [json.loads(each)["choices"] for each in events[:-1]]
    text = "".join(c[0]["delta"].get("content", "") for c in words if c)
    assert (status, events[-1], text) == (200, "[DONE]", Act().text)


@pytest.mark.parametrize("fault", [Does.BREAK, Does.ERROR, Does.GARBAGE, Does.EMPTY])
def test_another_answers_for_one_that_does_not(door: Desk, fault: Does) -> None:
    door.scripts["first"].always = Act(does=fault)
    answer = door.chat()
    assert (answer.status_code, answer.headers["x-rackhouse-upstream"]) == (200, "second")


def test_without_a_key_nobody_is_asked(door: Desk) -> None:
    answer = httpx.post(f"{door.url}/v1/chat/completions", json={"model": "chat"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert not door.scripts["first"].asked


def test_the_models_that_a_key_may_ask_for(door: Desk) -> None:
    assert [each["id"] for each in door.client.get("/v1/models").json()["data"]] == ["chat"]
    assert door.chat(model="nobody").json()["error"]["code"] == "model_not_found"
