"""Cross-references and topics over HTTP and beside a verse; and where no source is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import jsonschema
import pytest

from rackhouse.services.scripture.api import openapi
from rackhouse.services.scripture.api.app import create
from unit.scripture.api.held import HELD
from unit.scripture.companions.held import companions


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create(HELD, companions()))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/references/Jn 3:16/cross", "Cross"),
        ("/v1/topics?q=faith", "Topics"),
        ("/v1/topics?ref=Jn 3:16", "Topics"),
        ("/v1/topics/faith", "Topic"),
    ],
)
async def test_answers_are_as_described_and_say_whose_they_are(
    client: httpx.AsyncClient, path: str, name: str
) -> None:
    answer = await client.get(path)
    assert answer.json()["source"]["attribution"]
    assert "etag" in answer.headers
    components = openapi.document()["components"]
    jsonschema.validate(
        answer.json(), {"$ref": f"#/components/schemas/{name}", "components": components}
    )


async def test_what_belongs_to_a_verse(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/references/JHN 3:16-17/cross?limit=2")).json()
    assert told["reference"] == "John 3:16-17"
    some = [(it["reference"], it["of"], it["votes"]) for it in told["references"]]
    assert some == [("Romans 5:8", 43_003_016, 830), ("1 John 4:9-10", 43_003_016, 720)]


async def test_subjects(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/topics?ref=Jn 3:16; Ps 36:5")).json()["topics"]
    assert [it["id"] for it in told] == ["faith", "salvation", "faithfulness"]
    topic = (await client.get("/v1/topics/FAITH")).json()
    assert topic["see"] == [{"id": "salvation", "name": "SALVATION"}]
    assert topic["lines"][0]["references"][0]["first"] == 58_011_001


@pytest.mark.parametrize(
    ("path", "status", "param"),
    [
        ("/v1/references/Jhon 3/cross", 400, "ref"),
        ("/v1/references/Genesis/cross", 400, "ref"),
        ("/v1/references/Jn 3:16/cross?limit=999", 400, "limit"),
        ("/v1/topics", 400, "q"),
        ("/v1/topics?q=a&ref=Jn 3:16", 400, "q"),
        ("/v1/topics/fait", 404, "topic"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, path: str, status: int, param: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)


async def test_beside_the_verses_that_are_lit(client: httpx.AsyncClient) -> None:
    page = (await client.get("/read/JHN/3/16?in=two")).text
    for each in ('href="/read/ROM/5/8?in=two#v8"', "two 45005008", 'href="/topics/faith"'):
        assert each in page
    assert "OpenBible.info" in page
    assert 'id="aside"' not in (await client.get("/read/JHN/3?in=two")).text
    assert 'id="aside"' not in (await client.get("/read/RUT/1/1?in=two")).text


async def test_the_pages_of_topics(client: httpx.AsyncClient) -> None:
    assert "/topics/faithfulness" in (await client.get("/topics?q=faith")).text
    page = (await client.get("/topics/faith")).text
    for each in ("Abraham &amp; Sarah", 'href="/read/GEN/15/6#v6"', 'href="/topics/salvation"'):
        assert each in page
    plan = (await client.get("/topics/salvation")).text
    assert "onclick" not in plan
    assert "Plan of" in plan
    assert (await client.get("/topics?q=<script>")).status_code == 200
    assert (await client.get("/topics/none")).status_code == 404


async def test_where_no_source_is_installed_it_says_how_it_would_be() -> None:
    transport = httpx.ASGITransport(create(HELD))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        for path, fix in (
            ("/v1/references/Jn 3:16/cross", "cross_references.txt"),
            ("/v1/topics?q=faith", "Nave"),
            ("/v1/topics/faith", "Nave"),
        ):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert fix in answer.json()["error"]["fix"]
        assert "/topics" not in (await client.get("/read/JHN/3/16")).text
        assert (await client.get("/topics")).status_code == 404
