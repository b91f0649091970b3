"""Answers that do not hold are asked anew, a share is compared, and who holds best goes first: over
HTTP, with upstreams that answer well or badly by script.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.models.desk import Desk, desk
from fakes.models.script import Act
from fakes.models.waiting import until
from rackhouse.services.gateway.model.config import Limit, Period, Price
from rackhouse.services.gateway.service.quality.measured import Measured

pytestmark = pytest.mark.slow

OWNER = "sk-owner"
SCHEMA = {"type": "object", "required": ["verse"]}
FORM = {"type": "json_schema", "json_schema": {"name": "verse", "schema": SCHEMA}}
HOLDS = Act(text='{"verse": "Genesis 1:1"}')
FAILS = Act(text="It is Genesis 1:1, I believe.")
OUTSIDE = {
    "local": False,
    "private": True,
    "prices": (Price(since="2020-01-01", input=10**9, output=10**9),),
}


@pytest.fixture(scope="module")
def _door() -> Iterator[Desk]:
    with desk(
        admin=OWNER,
        upstreams={"second": OUTSIDE},
        named={"measured": True, "shadow": 1.0},
        shadow=(Limit(period=Period.DAY),),  # caps nothing: there is no database to count in
        tasks=("verses", "psalms"),
    ) as one:
        yield one


@pytest.fixture
def door(_door: Desk) -> Iterator[Desk]:
    """As if nobody had asked yet; in the end nothing is being compared any more."""
    yield _door.fresh()
    quality = _door.gateway.parts.quality
    assert isinstance(quality, Measured)
    until(lambda: not quality._comparing)


def report(door: Desk) -> dict[str, Any]:
    answer = door.client.get("/admin/quality", headers={"authorization": f"Bearer {OWNER}"})
    found: dict[str, Any] = answer.json()["models"][0]
    return found


def asked(door: Desk, task: str, **more: Any) -> str:
    """Who answers a question of that class."""
    body = {"model": "chat", "messages": [{"role": "user", "content": "Who?"}], **more}
    answer = door.client.post("/v1/chat/completions", json=body, headers={"x-rackhouse-task": task})
    return answer.headers["x-rackhouse-upstream"]


def measures(door: Desk, kind: str) -> dict[str, dict[str, Any]]:
    """What is known in one class, by upstream."""
    found = [each for each in report(door)["classes"] if each["kind"] == kind]
    return {each["upstream"]: each for each in found[0]["measures"]} if found else {}


def test_an_answer_that_does_not_hold_is_asked_of_the_next(door: Desk) -> None:
    door.scripts["first"].always, door.scripts["second"].always = FAILS, HOLDS
    before = report(door)["escalated"]
    answer = door.chat(response_format=FORM)
    assert answer.headers["x-rackhouse-upstream"] == "second"
    assert json.loads(answer.json()["choices"][0]["message"]["content"]) == {"verse": "Genesis 1:1"}
    assert len(door.scripts["first"].asked) == len(door.scripts["second"].asked) == 1
    assert report(door)["escalated"] == before + 1


def test_where_nobody_holds_the_last_answer_is_given(door: Desk) -> None:
    for script in door.scripts.values():
        script.always = FAILS
    answer = door.chat(response_format=FORM)
    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == FAILS.text


def test_the_second_answers_too_and_both_are_compared(door: Desk) -> None:
    door.scripts["first"].always, door.scripts["second"].always = HOLDS, FAILS
    before = report(door)["curve"]["n"]
    assert door.chat(response_format=FORM).headers["x-rackhouse-upstream"] == "first"
    until(lambda: report(door)["curve"]["n"] >= before + 0.9)
    assert door.scripts["second"].asked[0]["messages"][0]["content"] == "What was made?"
    assert [point["policy"] for point in report(door)["curve"]["points"]] == [
        *("always local", "always outside", "router", "oracle")
    ]
    assert report(door)["curve"]["points"][1]["nanos"] > 0


def test_what_is_private_is_compared_with_nobody(door: Desk) -> None:
    drawn = report(door)["shadow"]["drawn"]
    body = {"model": "chat", "messages": [{"role": "user", "content": "Who?"}]}
    door.client.post("/v1/chat/completions", json=body, headers={"x-rackhouse-private": "yes"})
    assert report(door)["shadow"]["drawn"] == drawn
    assert not door.scripts["second"].asked


def test_a_stream_is_compared_by_asking_both_whole(door: Desk) -> None:
    for script in door.scripts.values():
        script.always = HOLDS
    before = report(door)["curve"]["n"]
    assert door.stream(response_format=FORM)[0] == 200
    until(lambda: report(door)["curve"]["n"] >= before + 0.9)
    assert [each.get("stream", False) for each in door.scripts["first"].asked] == [True, False]


def test_a_class_is_declared_where_the_rack_knows_it(door: Desk) -> None:
    for task in ("verses", "user-4711"):
        asked(door, task)
    kinds = {each["kind"] for each in report(door)["classes"]}
    assert {"verses", "question"} <= kinds
    assert "user-4711" not in kinds


def test_who_holds_best_goes_first_in_its_class_alone(door: Desk) -> None:
    door.scripts["first"].always, door.scripts["second"].always = FAILS, HOLDS
    for _ in range(25):
        asked(door, "psalms", response_format=FORM)
    until(lambda: measures(door, "psalms")["second"]["n"] >= 20)
    door.fresh()
    assert asked(door, "psalms") == "second"
    assert asked(door, "verses") == "first"


def test_a_client_says_how_good_an_answer_was_once(door: Desk) -> None:
    id = door.chat("Who was Boaz?").headers["x-request-id"]
    before = measures(door, "question")["first"]["n"]
    said = door.client.post("/v1/feedback", json={"id": id, "score": 1.0})
    assert said.status_code == 200
    assert measures(door, "question")["first"]["n"] == pytest.approx(before + 1, rel=0.1)
    again = door.client.post("/v1/feedback", json={"id": id, "score": 0.0})
    assert again.status_code == 404


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"id": "a"}', b'{"id": "a", "score": 2}', b'{"id": 1, "score": 1}']
)
def test_what_is_no_feedback_is_refused(door: Desk, body: bytes) -> None:
    assert door.client.post("/v1/feedback", content=body).status_code == 400


def test_quality_is_for_the_owner_alone(door: Desk) -> None:
    assert door.client.get("/admin/quality").status_code == 401
