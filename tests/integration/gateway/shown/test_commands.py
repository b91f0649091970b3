"""`rackhouse models` against a real gateway: who answers, the log, what it cost, a question."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import httpx
import pytest

from fakes.models.desk import Desk, desk
from rackhouse.cli.main import run

ADMIN = "sk-rack-owner"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def door() -> Iterator[Desk]:
    with desk(admin=ADMIN) as one:
        yield one


@pytest.fixture(autouse=True)
def _rack(door: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACKHOUSE_GATEWAY", door.url)
    monkeypatch.setenv("RACKHOUSE_GATEWAY_KEY", ADMIN)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["models", *words]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_a_question_from_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "ask", "chat", "What was made?"]) == 0
    told = capsys.readouterr()
    assert told.out == "In the beginning God created the heaven and the earth.\n"
    assert told.err.startswith("first, ")
    line = json.loads(said(capsys, "log", "-n", "1", "--json"))
    assert (line["key"], line["upstream"], line["stream"]) == ("owner", "first", True)


def test_who_answers_and_what_it_cost(door: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    door.chat()
    said(capsys, "ask", "chat", "What was made?")
    assert "chat   first (local)  second  well" in said(capsys)
    data = json.loads(said(capsys, "--json"))
    assert data["models"] == [{"name": "chat", "upstreams": ["first", "second"], "chats": True}]
    spend = said(capsys, "spend", "--by", "application,model").splitlines()
    assert {tuple(row.split()[:2]) for row in spend[3:-1]} == {
        ("hello", "chat"),
        ("console", "chat"),
    }
    assert json.loads(said(capsys, "spend", "--json"))["total"]["requests"] >= 1
    assert "hello" in said(capsys, "log")


def test_a_persons_key_from_its_making_to_its_end(
    door: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def asks(key: str) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return httpx.get(f"{door.url}/v1/models", headers=headers).status_code

    words = ("--limit", "5/month", "--tokens", "200k/day", "--model", "chat", "--expires", "30d")
    key = said(capsys, "key", "ada", *words).strip()
    assert asks(key) == 200
    assert "ada  ada     chat" in said(capsys, "keys")
    listed = json.loads(said(capsys, "keys", "--json"))
    assert [limit["period"] for limit in listed[0]["limits"]] == ["month", "day"]
    assert key not in json.dumps(listed)
    assert said(capsys, "revoke", "ada") == "ada is revoked\n"
    end = time.monotonic() + 20
    while asks(key) != 401:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert run(["models", "revoke", "ada"]) == 5
    assert run(["models", "key", "ben", "--limit", "much"]) == 64
    assert run(["models", "key", "ben", "--expires", "soon"]) == 64
    capsys.readouterr()
    assert said(capsys, "keys") == "nobody has a key of their own\n"


def test_quality_before_anything_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert "chat: asked in the rack file's order" in said(capsys, "quality")
    assert json.loads(said(capsys, "quality", "--json"))["models"][0]["name"] == "chat"


def test_what_is_wrong_is_said_with_its_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["models", "spend", "--by", "colour"]) == 64
    assert "accounts have no 'colour'" in capsys.readouterr().err
    assert run(["models", "ask", "no-such", "?"]) == 5
    assert "there is no model 'no-such'; there is chat" in capsys.readouterr().err
    monkeypatch.setenv("RACKHOUSE_GATEWAY_KEY", "another")
    assert run(["models"]) == 4
    monkeypatch.setenv("RACKHOUSE_GATEWAY", "http://127.0.0.1:1")
    assert run(["models"]) == 8
    assert "does not answer" in capsys.readouterr().err
