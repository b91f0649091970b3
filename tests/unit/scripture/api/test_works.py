"""Commentaries and lexicons, apart from the texts."""

from __future__ import annotations

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.service.library import Library
from unit.scripture.api.held import HELD


async def test_works_say_their_terms(noted: httpx.AsyncClient) -> None:
    works = (await noted.get("/v1/works")).json()["works"]
    assert [(it["id"], it["kind"], it["entries"]) for it in works] == [
        ("notes", "commentary", 2),
        ("words", "lexicon", 2),
    ]
    assert all(it["licence"] and it["attribution"] and len(it["digest"]) == 64 for it in works)
    assert (await noted.get("/v1/translations")).json()["translations"][-1]["id"] == "noted"


async def test_a_place_has_what_is_said_of_it(noted: httpx.AsyncClient) -> None:
    told = (await noted.get("/v1/works/notes/entries?ref=Jn 3:14-20")).json()
    assert [(it["reference"], it["text"]) for it in told["entries"]] == [
        ("John 3:1-15", "One\nSee Ro 8."),
        ("John 3:16", "So much."),
    ]
    text, (mark,) = told["entries"][0]["text"], told["entries"][0]["references"]
    assert text[mark["start"] : mark["end"]] == "Ro 8"
    assert (mark["reference"], mark["first"], mark["last"]) == ("Romans 8", 45008001, 45008039)
    assert told["work"]["licence"] == "Public domain"
    none = (await noted.get("/v1/works/notes/entries?ref=Gen 1")).json()
    assert none["entries"] == []


async def test_a_heading_is_found_in_capitals_or_not(noted: httpx.AsyncClient) -> None:
    (entry,) = (await noted.get("/v1/works/words/entries?key=g26")).json()["entries"]
    assert (entry["key"], entry["text"]) == ("G26", "agape: love")


async def test_headings_are_listed_in_parts(noted: httpx.AsyncClient) -> None:
    one = (await noted.get("/v1/works/words/entries?limit=1")).json()
    assert one["entries"] == [{"at": 0, "key": "G25", "reference": "", "first": 0, "last": 0}]
    other = (await noted.get(f"/v1/works/words/entries?after={one['next']}")).json()
    assert ([it["key"] for it in other["entries"]], other["next"]) == (["G26"], None)
    some = (await noted.get("/v1/works/notes/entries?ref=John 3&limit=1")).json()
    assert (len(some["entries"]), some["next"]) == (1, 0)


async def test_a_word_has_its_definition(noted: httpx.AsyncClient) -> None:
    told = (await noted.get("/v1/strongs/G26")).json()["definition"]
    assert (told["work"], told["text"]) == ("words", "agape: love")
    assert (await noted.get("/v1/strongs/G3779")).json()["definition"] is None


@pytest.mark.parametrize(
    ("asked", "status", "param"),
    [
        ("nothing/entries", 404, "work"),
        ("words/entries?key=G99", 404, "key"),
        ("words/entries?key=G26&ref=John 3", 400, "key"),
        ("notes/entries?ref=Jhon 3", 400, "ref"),
        ("notes/entries?ref=John 3&limit=21", 400, "limit"),
        ("notes/entries?limit=1001", 400, "limit"),
        ("notes/entries?after=-1", 400, "after"),
    ],
)
async def test_what_there_is_not_is_refused(
    noted: httpx.AsyncClient, asked: str, status: int, param: str
) -> None:
    answer = await noted.get(f"/v1/works/{asked}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)


async def test_where_none_is_installed_it_says_so(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/works")).json() == {"works": []}
    answer = await client.get("/v1/works/mhcc/entries")
    assert "install" in answer.json()["error"]["fix"]


async def test_what_is_still_imported_is_not_said_to_be_missing() -> None:
    transport = httpx.ASGITransport(create(Library(HELD.translations, more=True)))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        for asked in ("/v1/passages?ref=John 3&translation=web", "/v1/works/mhcc/entries"):
            answer = await client.get(asked)
            assert answer.status_code == 404
            assert "ask again in a minute" in answer.json()["error"]["fix"]
