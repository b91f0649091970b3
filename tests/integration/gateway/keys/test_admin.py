"""People's keys over the owner's door, as a program meets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.stores import free_port
from rackhouse.services.gateway.settings import Settings

OWNER = {"authorization": "Bearer sk-owner"}


@pytest.fixture(scope="module")
def door() -> Iterator[Desk]:
    with desk(("first",), admin="sk-owner") as one:
        yield one


@pytest.fixture(scope="module")
def stranger(door: Desk) -> Iterator[httpx.Client]:
    """A client that shows no key by itself."""
    with httpx.Client(base_url=door.url, timeout=30) as client:
        yield client


def admin(
    stranger: httpx.Client, method: str, path: str, body: Any = None, shown: Any = OWNER
) -> httpx.Response:
    return stranger.request(method, f"/admin/{path}", json=body, headers=shown)


def test_a_key_is_made_shown_once_and_revoked(stranger: httpx.Client) -> None:
    made = admin(stranger, "POST", "keys", {"name": "ruth.laptop", "person": "ruth"})
    assert made.status_code == 201
    key = made.json()["key"]
    assert key.startswith("sk-rack-")
    listed = admin(stranger, "GET", "keys")
    assert [each["person"] for each in listed.json()["keys"]] == ["ruth"]
    assert key not in listed.text
    headers = {"authorization": f"Bearer {key}"}
    body = {"model": "chat", "messages": [{"role": "user", "content": "Who?"}]}
    asked = stranger.post("/v1/chat/completions", json=body, headers=headers)
    assert asked.status_code == 200
    assert admin(stranger, "DELETE", "keys/ruth.laptop").status_code == 204
    asked = stranger.post("/v1/chat/completions", json=body, headers=headers)
    assert (asked.status_code, asked.json()["error"]["code"]) == (401, "invalid_api_key")
    assert admin(stranger, "DELETE", "keys/ruth.laptop").status_code == 404


def test_a_rate_is_kept_and_said(stranger: httpx.Client) -> None:
    made = admin(stranger, "POST", "keys", {"name": "slow", "requests_per_minute": 2})
    headers = {"authorization": f"Bearer {made.json()['key']}"}
    body = {"model": "chat", "messages": [{"role": "user", "content": "Who?"}]}
    answers = [stranger.post("/v1/chat/completions", json=body, headers=headers) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]["code"] == "rate_limit_exceeded"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"name": ""},
        {"name": "a\r\nx-header: b"},
        {"name": "a" * 65},
        {"name": "a", "person": "b c"},
        {"name": "a", "limits": [{"period": "year", "money": 1}]},
        {"name": "a", "limits": [{"period": "day"}]},
        {"name": "a", "limits": [{"period": "day", "money": 2**80}]},
        {"name": "a", "limits": [{"period": "day", "tokens": 1, "warn": 7}]},
        {"name": "a", "requests_per_minute": -1},
        {"name": "a", "tokens_per_minute": 2**40},
        {"name": "a", "expires": "2026-01-01T00:00:00"},
        {"name": "a", "made": "2026-01-01T00:00:00Z"},
        {"name": "hello.llm"},
    ],
)
def test_what_is_no_key_is_refused(stranger: httpx.Client, body: Any) -> None:
    answer = admin(stranger, "POST", "keys", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "keys"),
        ("POST", "keys"),
        ("DELETE", "keys/a"),
        ("GET", "budgets"),
        ("PUT", "budgets/key/a"),
        ("DELETE", "budgets/key/a"),
    ],
)
@pytest.mark.parametrize("shown", ["", "Basic sk-owner", "Bearer sk-owne", "Bearer sk-rack-test"])
def test_nobody_but_the_owner(stranger: httpx.Client, method: str, path: str, shown: str) -> None:
    headers = {"authorization": shown} if shown else {}
    assert admin(stranger, method, path, {}, headers).status_code == 401


def test_budgets_without_a_database_are_shown_and_not_changed(stranger: httpx.Client) -> None:
    assert admin(stranger, "GET", "budgets").json() == {"currency": "USD", "budgets": []}
    answer = admin(stranger, "PUT", "budgets/key/hello.llm", {"limits": []})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "ledger_unavailable")
    assert "DATABASE_URL" in answer.json()["error"]["message"]
    assert admin(stranger, "PUT", "budgets/planet/earth", {"limits": []}).status_code == 404


def test_metrics_say_that_rates_are_counted_alone(stranger: httpx.Client) -> None:
    told = stranger.get("/metrics", headers=OWNER).text
    assert "rackhouse_gateway_rates_alone 1" in told


def test_without_postgresql_it_is_said_when_to_come_again() -> None:
    nobody = Settings(database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with (
        desk(("first",), admin="sk-owner", settings=nobody) as door,
        httpx.Client(base_url=door.url, timeout=30) as stranger,
    ):
        for method, path in (("GET", "keys"), ("POST", "keys"), ("DELETE", "keys/ruth.laptop")):
            answer = admin(stranger, method, path, {"name": "ruth.laptop"})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert "PostgreSQL" in answer.json()["error"]["message"]
