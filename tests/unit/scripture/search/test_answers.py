"""Search over HTTP and as a page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from unit.scripture.search.library import LIBRARY


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create(LIBRARY))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        yield client


async def found(client: httpx.AsyncClient, **asked: str) -> Any:
    named = {key.rstrip("_"): value for key, value in asked.items()}
    return (await client.get("/v1/search", params=named)).json()


def ids(told: Any) -> list[int]:
    return [each["id"] for each in told["hits"]]


async def test_verses_with_their_words_marked(client: httpx.AsyncClient) -> None:
    told = await found(client, q="good SHEPHERD")
    [hit] = told["hits"]
    [match] = hit["matches"]
    assert (hit["reference"], match["translation"]) == ("John 10:11", "old")
    said = [match["text"][start:end] for start, end in match["marks"]]
    assert said == ["good shepherd", "good shepherd"]
    assert told["translations"][0]["attribution"] == "Old words."
    assert (told["total"], told["next"], told["reference"]) == (1, None, None)


async def test_in_several_translations_and_parts(client: httpx.AsyncClient) -> None:
    told = await found(client, q="pastor", translation="old,viejo")
    assert ids(told) == [19_023_001, 43_010_011]
    assert [it["translation"] for hit in told["hits"] for it in hit["matches"]] == ["viejo"] * 2
    assert ids(await found(client, q="shepherd", in_="nt")) == [43_010_011]
    assert ids(await found(client, q="shepherd", in_="Salmos")) == [19_023_001]
    assert ids(await found(client, q="shepherd", in_="Ps 23:2-6; Jn 10")) == [43_010_011]
    assert told["books"] == [{"book": "PSA", "count": 1}, {"book": "JHN", "count": 1}]
    assert ids(await found(client, q="jehova faltara", translation="viejo")) == [19_023_001]


async def test_page_by_page_nothing_is_lost(client: httpx.AsyncClient) -> None:
    for order in ("canon", "best"):
        whole = ids(await found(client, q="the", order=order))
        told, after = [], ""
        while after is not None:
            part = await found(client, q="the", order=order, limit="2", after=after)
            assert part["total"] == len(whole)
            told += ids(part)
            after = part["next"]
        assert told == whole
        assert len(told) == 5


async def test_the_best_first(client: httpx.AsyncClient) -> None:
    assert ids(await found(client, q="shepherd", order="best"))[0] == 43_010_011
    assert ids(await found(client, q="shepherd"))[0] == 19_023_001


async def test_half_remembered_and_misspelt(client: httpx.AsyncClient) -> None:
    told = await found(client, q="god so loved the earth that he gave his son")
    assert told["relaxed"]
    assert ids(told)[0] == 43_003_016
    told = await found(client, q="my sheperd")
    assert (told["total"], told["perhaps"]) == (0, ["my shepherd"])
    assert (await found(client, q="xyzzyx"))["perhaps"] == []
    assert (await found(client, q="Jn 3:16"))["reference"] == "John 3:16"


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({}, "q"),
        ({"q": "  "}, "q"),
        ({"q": "x" * 400}, "q"),
        ({"q": "x", "in": "nowhere"}, "in"),
        ({"q": "x", "order": "worst"}, "order"),
        ({"q": "x", "limit": "-1"}, "limit"),
        ({"q": "x", "limit": "101"}, "limit"),
        ({"q": "x", "after": "9" * 12}, "after"),
        ({"q": "x", "after": "\u0663"}, "after"),
        ({"q": "x", "translation": "new"}, "translation"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, asked: dict[str, str], param: str
) -> None:
    answer = await client.get("/v1/search", params=asked)
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]["param"] == param
    assert answer.json()["error"]["fix"]
    if param in {"q", "in", "order", "after"} and asked.get("q", "").strip():
        page = await client.get("/search", params=asked)
        assert page.status_code == 400
        assert 'role="search"' in page.text


async def test_the_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/search", params={"q": '"good shepherd"'})).text
    assert "<mark>good shepherd</mark>" in page
    assert 'href="/read/JHN/10/11?in=old#v11"' in page
    assert "Old words." in page
    assert (await client.get("/search")).status_code == 200
    hostile = (await client.get("/search", params={"q": '"><script>alert(1)</script>'})).text
    assert "<script>alert" not in hostile
    cookie = {"cookie": "reading=viejo"}
    assert "Yo soy" in (await client.get("/search?q=pastor", headers=cookie)).text


async def test_a_reference_leads_to_where_it_points(client: httpx.AsyncClient) -> None:
    answer = await client.get("/search?q=Jn+3:16")
    assert answer.headers["location"] == "/read/JHN/3/16#v16"
    answer = await client.get("/search?q=Jn+3:16&translation=viejo")
    assert answer.headers["location"] == "/read/JHN/3/16?in=viejo#v16"
    assert "John 3:16</a>" in (await client.get("/search?q=Jhon+3:16")).text
