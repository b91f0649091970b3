"""The tools for other assistants, asked by the protocol's own client in its two ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from fakes.models.serving import served
from rackhouse.services.study.api.app import Parts, create
from rackhouse.services.study.clients.identity import Everybody
from rackhouse.services.study.service.answering import Answering
from rackhouse.services.study.service.asking import Asking
from rackhouse.services.study.service.conversing import Conversing
from rackhouse.services.study.service.kept import MemoryKept
from rackhouse.services.study.service.study import Study
from unit.study.held import retrieval, scripture, texts

Mode = Literal["legacy", "auto"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    store, search, kept = scripture(), retrieval(), MemoryKept()

    @asynccontextmanager
    async def opening() -> AsyncIterator[Parts]:
        asking = Asking(store, search)
        study = Study(asking, Answering(asking, store, search), Conversing(kept))
        yield Parts(
            study=study, who=Everybody("ruth"), kept=kept, scripture=store, retrieval=search
        )

    with served(create(opening)) as one:
        yield one


@pytest.fixture
def key(url: str) -> str:
    said = httpx.post(f"{url}/v1/tokens", json={"name": "laptop"})
    return str(said.json()["secret"])


@asynccontextmanager
async def client(url: str, key: str, mode: Mode) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=30) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as one,
    ):
        yield one


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_same_tools_by_either_way(url: str, key: str, mode: Mode) -> None:
    async with client(url, key, mode) as one:
        listed = await one.list_tools()
        assert {each.name for each in listed.tools} == {
            "look_up_reference",
            "search",
            "cross_references",
            "topic",
            "word_study",
            "compare_translations",
            "context",
        }
        told = await one.call_tool("look_up_reference", {"reference": "John 3:16"})
        assert not told.is_error
        text = told.content[0].text  # type: ignore[union-attr]
        assert f"KJV: {texts()['kjv'][43003016]}" in text
        assert told.structured_content
        assert told.structured_content["passages"][0]["code"] == "JHN.3.16"
        assert set(told.structured_content["terms"]) == {"kjv", "asv"}
        assert text.endswith("\nKJV:\nASV:")  # whose words these are
        found = await one.call_tool("search", {"query": "swallowed by a great fish"})
        assert "Jonah 1:17" in found.content[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("look_up_reference", {"reference": "John 3:99"}, "no such passage"),
        ("look_up_reference", {}, "not as described"),
        ("search", {"query": "x", "owner": "esther"}, "not as described"),
        ("delete_everything", {}, "no such tool"),
        ("word_study", {"number": "G26"}, "no text with numbers"),
    ],
)
async def test_what_cannot_be_done_is_said_to_the_assistant(
    url: str, key: str, name: str, arguments: dict[str, Any], why: str
) -> None:
    async with client(url, key, "auto") as one:
        told = await one.call_tool(name, arguments)
        assert told.is_error
        assert why in told.content[0].text  # type: ignore[union-attr]


async def test_without_a_key_nobody_is_answered(url: str, key: str) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        for headers in (
            {},
            {"authorization": "Bearer study-other"},
            {"authorization": f"Basic {key}"},
            {"Rackhouse-Identity": "ruth"},
        ):
            said = await http.post("/mcp", json={}, headers=headers)
            assert said.status_code == 401
            assert "fix" in said.json()["error"]
        assert key not in said.text
        (token,) = [
            it for it in (await http.get("/v1/tokens")).json()["tokens"] if it["name"] == "laptop"
        ][:1]
        await http.delete(f"/v1/tokens/{token['id']}")
        said = await http.post("/mcp", json={}, headers={"authorization": f"Bearer {key}"})
        assert said.status_code == 401


async def test_garbage_is_refused(url: str, key: str) -> None:
    headers = {"authorization": f"Bearer {key}", "accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        for body in (b"", b"{", b"[" * 10_000, b'{"jsonrpc": "2.0"}', b"x" * 70_000):
            said = await http.post(
                "/mcp", content=body, headers={"content-type": "application/json"}
            )
            assert 400 <= said.status_code < 500, body[:20]
