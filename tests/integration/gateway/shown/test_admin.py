"""What the owner reads, over real HTTP: log, spend, health, metrics; and nobody else does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.models.script import Act, Does

ADMIN = "sk-rack-owner"
PATHS = ["/admin/traffic", "/admin/traffic/follow", "/admin/spend", "/admin/health", "/metrics"]


@pytest.fixture(scope="module")
def door() -> Iterator[Desk]:
    with desk(admin=ADMIN) as one:
        one.scripts["first"].acts.append(Act(does=Does.ERROR))
        assert one.chat().headers["x-rackhouse-upstream"] == "second"
        assert one.stream()[0] == 200
        assert one.chat(model="no-such").status_code == 404
        yield one


def owner(door: Desk, path: str) -> httpx.Response:
    return httpx.get(f"{door.url}{path}", headers={"authorization": f"Bearer {ADMIN}"})


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_reads_it(door: Desk, path: str) -> None:
    assert httpx.get(f"{door.url}{path}").status_code == 401
    assert door.client.get(path).status_code == 401


def test_the_log_says_who_answered_and_who_did_not(door: Desk) -> None:
    refused, stream, fallen = owner(door, "/admin/traffic?count=3").json()["lines"]
    assert (refused["outcome"], refused["status"]) == ("refused", 404)
    assert (stream["stream"], stream["upstream"]) == (True, "first")
    assert stream["output"] == 10
    assert fallen["upstream"] == "second"
    assert [(each["upstream"], each["why"]) for each in fallen["tried"]] == [
        ("first", "answered 500")
    ]
    one = owner(door, f"/admin/traffic/{fallen['id']}").json()
    assert one == fallen


def test_the_log_is_followed_from_where_one_was(door: Desk) -> None:
    headers = {"authorization": f"Bearer {ADMIN}", "last-event-id": "1"}
    with httpx.stream("GET", f"{door.url}/admin/traffic/follow", headers=headers) as answer:
        lines = answer.iter_lines()
        found = [json.loads(line[6:]) for line in (next(lines) for _ in range(8)) if "data" in line]
    assert [line["number"] for line in found] == [2, 3][: len(found)]
    assert found


def test_spend_is_added_up_by_what_was_asked(door: Desk) -> None:
    said = owner(door, "/admin/spend?by=application,upstream").json()
    assert said["total"]["requests"] == sum(row["requests"] for row in said["rows"])
    fallbacks = {row["upstream"]: row["fallbacks"] for row in said["rows"]}
    assert fallbacks["second"] == 1
    assert {row["application"] for row in said["rows"]} == {"hello"}
    for wrong in ("by=colour", "since=yesterday", "since=2026-02-01&until=2026-01-01"):
        assert owner(door, f"/admin/spend?{wrong}").status_code == 400


def test_health_names_upstreams_and_never_their_keys(door: Desk) -> None:
    said = owner(door, "/admin/health")
    assert [each["name"] for each in said.json()["upstreams"]] == ["first", "second"]
    assert said.json()["models"] == [
        {"name": "chat", "upstreams": ["first", "second"], "chats": True}
    ]
    assert "http://" not in said.text


def test_who_is_not_let_in_is_counted_and_not_in_the_log(door: Desk) -> None:
    def counted() -> dict[str, int]:
        found: dict[str, int] = owner(door, "/admin/health").json()["turned_away"]
        return found

    def logged() -> int:
        number: int = owner(door, "/admin/traffic?count=1").json()["lines"][0]["number"]
        return number

    before, lines = counted(), logged()
    stranger = {"authorization": "Bearer sk-made-up-by-nobody"}
    for path in ("chat/completions", "messages", "feedback"):
        assert httpx.post(f"{door.url}/v1/{path}", headers=stranger).status_code == 401
    assert httpx.get(f"{door.url}/v1/models").status_code == 401
    assert door.client.post("/v1/chat/completions", content=b"{").status_code == 400
    more = {code: n - before.get(code, 0) for code, n in counted().items()}
    assert (more["invalid_api_key"], more["invalid_request"]) == (4, 1)
    assert logged() == lines
    text = owner(door, "/metrics").text
    name = "rackhouse_gateway_turned_away_total"
    assert f'{name}{{code="invalid_api_key"}} {before.get("invalid_api_key", 0) + 4}\n' in text


def test_metrics_are_as_prometheus_reads_them(door: Desk) -> None:
    text = owner(door, "/metrics").text
    labels = '{application="hello",model="chat",upstream="second",outcome="answered"}'
    assert f"rackhouse_gateway_requests_total{labels} 1\n" in text
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert "rackhouse_gateway_log_dropped_total 0\n" in text
