"""The whole way over real HTTP: a client, the gateway, scripted upstreams."""

from __future__ import annotations

import httpx
import pytest

from fakes.models.desk import Desk
from fakes.models.events import said
from fakes.models.script import Act, Does


def test_an_answer_is_passed_on_by_the_upstreams_own_name(both: Desk) -> None:
    answer = both.chat().json()
    assert answer["choices"][0]["message"]["content"].startswith("In the beginning")
    assert both.scripts["first"].asked[0]["model"] == "scripted"


def test_a_stream_comes_whole(both: Desk) -> None:
    status, events = both.stream()
    assert (status, events[-1], said(events)) == (200, "[DONE]", Act().text)


@pytest.mark.parametrize("fault", [Does.BREAK, Does.ERROR, Does.GARBAGE, Does.EMPTY])
def test_another_answers_for_one_that_does_not(both: Desk, fault: Does) -> None:
    both.scripts["first"].always = Act(does=fault)
    answer = both.chat()
    assert (answer.status_code, answer.headers["x-rackhouse-upstream"]) == (200, "second")


def test_without_a_key_nobody_is_asked(both: Desk) -> None:
    answer = httpx.post(f"{both.url}/v1/chat/completions", json={"model": "chat"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert not both.scripts["first"].asked


def test_the_models_that_a_key_may_ask_for(both: Desk) -> None:
    assert [each["id"] for each in both.client.get("/v1/models").json()["data"]] == ["chat"]
    assert both.chat(model="nobody").json()["error"]["code"] == "model_not_found"
