"""`POST /v1/ask` as a program meets it: events or JSON, and every refusal with its way out."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest

from rackhouse.services.study.service.memory import MemoryRetrieval, MemoryScripture

JSON = {"accept": "application/json"}


def events(text: str) -> list[tuple[str, Any]]:
    told = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        told.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return told


async def test_an_answer_in_json(client: httpx.AsyncClient) -> None:
    said = await client.post("/v1/ask", json={"question": "John 3:16"}, headers=JSON)
    assert said.status_code == 200
    assert said.headers["cache-control"] == "no-store"
    told = said.json()
    assert [each["kind"] for each in told["parts"]] == ["heading", "quote"]
    assert told["parts"][1]["verses"][0]["text"].startswith("For God so loved")
    assert told["translations"][0]["id"] == "kjv"


async def test_the_same_as_events_in_their_order(client: httpx.AsyncClient) -> None:
    said = await client.post("/v1/ask", json={"question": "what is a great fish"})
    assert said.headers["content-type"].startswith("text/event-stream")
    told = events(said.text)
    names = list(dict.fromkeys(name for name, _ in told))
    assert names == ["status", "trace", "evidence", "part", "done"]
    parts = [data for name, data in told if name == "part"]
    assert parts == told[-1][1]["parts"]
    assert [data for name, data in told if name == "trace"] == told[-1][1]["trace"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (b"[]", 400, "not as expected"),
        (b"[" * 50_000, 400, "no"),
        (b'{"question": 7}', 400, "question"),
        (b'{"question": ""}', 400, "no question"),
        (b'{"question": "\\u0000\\u202e"}', 400, "no question"),
        (b'{"question": "\xff"}', 400, "no JSON"),
        (b'{"question": "' + b"w" * 50_000 + b'"}', 413, "50,000 characters"),
        (b'{"question": "' + b"w" * 100_000 + b'"}', 413, "bytes"),
        (b'{"question": "love", "translations": ["no"]}', 404, "no translation"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, body: bytes, status: int, says: str
) -> None:
    said = await client.post("/v1/ask", content=body, headers=JSON)
    assert said.status_code == status
    fault = said.json()["error"]
    assert says in fault["message"]
    assert fault["fix"]
    assert "wwww" not in said.text


async def test_scripture_away_is_said_in_both_forms(
    client: httpx.AsyncClient, scripture: MemoryScripture
) -> None:
    scripture.away = True
    said = await client.post("/v1/ask", json={"question": "love"}, headers=JSON)
    assert (said.status_code, said.json()["error"]["code"]) == (503, "away")
    told = events((await client.post("/v1/ask", json={"question": "love"})).text)
    assert told[-1][0] == "error"
    assert told[-1][1]["error"]["fix"]


async def test_a_fault_of_our_own_says_no_more(
    client: httpx.AsyncClient, retrieval: MemoryRetrieval, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret")

    monkeypatch.setattr(retrieval, "search", broken)
    said = await client.post("/v1/ask", json={"question": "love"}, headers=JSON)
    assert said.status_code == 500
    told = await client.post("/v1/ask", json={"question": "love"})
    assert "the secret" not in said.text + told.text


async def test_no_log_holds_a_question(
    client: httpx.AsyncClient, retrieval: MemoryRetrieval, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "rackhouse")
    await client.post("/v1/ask", json={"question": "my secret sorrow"})
    retrieval.away = True
    await client.post("/v1/ask", json={"question": "my secret sorrow"})
    assert "sorrow" not in caplog.text


async def test_other_paths_and_methods(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/ask")).status_code == 405
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "Rackhouse study"
