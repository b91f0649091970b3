"""Words with Strong's numbers, footnotes and headings: asked for, and beside the text."""

from __future__ import annotations

import httpx
import pytest


async def test_nothing_stands_beside_where_nothing_is_asked(noted: httpx.AsyncClient) -> None:
    answer = await noted.get("/v1/passages?ref=John 3:16&translation=noted")
    (text,) = answer.json()["passages"][0]["texts"]
    assert text["verses"][0]["text"] == "So loved God the love."
    assert "beside" not in text
    assert "own" not in text["verses"][0]


async def test_words_notes_and_headings_have_their_places(noted: httpx.AsyncClient) -> None:
    asked = "/v1/passages?ref=John 3:16&translation=noted,one&include=words,notes,headings"
    told, one = (await noted.get(asked)).json()["passages"][0]["texts"]
    (beside,) = told["beside"]
    text = told["verses"][0]["text"]
    assert [(text[it["start"] : it["end"]], it["strongs"]) for it in beside["words"]] == [
        ("So", ["G3779"]),
        ("loved", ["G25"]),
        ("God", ["G2316"]),
        ("the love", ["G26", "G25"]),
    ]
    assert beside["notes"] == [{"at": 12, "kind": "note", "text": "Or, Elohim"}]
    assert beside["headings"] == [{"at": 0, "kind": "section", "text": "The Son"}]
    assert one["beside"] == []


async def test_only_what_is_asked_is_included(noted: httpx.AsyncClient) -> None:
    asked = "/v1/books/JHN/chapters/3?translation=noted&include=notes"
    (beside,) = (await noted.get(asked)).json()["texts"][0]["beside"]
    assert set(beside) == {"id", "notes"}
    answer = await noted.get("/v1/passages?ref=John 3:16&include=pictures")
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "include"


async def test_a_verse_says_how_its_own_edition_counts_it(noted: httpx.AsyncClient) -> None:
    answer = await noted.get("/v1/passages?ref=Romans 16:25&translation=noted")
    (verse,) = answer.json()["passages"][0]["texts"][0]["verses"]
    assert (verse["own"], verse["text"]) == ("Romans 14:24", "Love, love")


async def test_what_is_included_may_change_while_the_words_do_not(
    noted: httpx.AsyncClient,
) -> None:
    digest = (await noted.get("/v1/translations")).json()["translations"][2]["digest"]
    asked = f"/v1/passages?ref=John 3:16&translation=noted@{digest[:12]}"
    assert "immutable" in (await noted.get(asked)).headers["cache-control"]
    answer = await noted.get(f"{asked}&include=notes")
    assert "immutable" not in answer.headers["cache-control"]


async def test_a_word_by_its_number(noted: httpx.AsyncClient) -> None:
    told = (await noted.get("/v1/strongs/g0026")).json()
    assert (told["number"], told["count"], told["verses"]) == ("G26", 3, 2)
    assert told["renderings"] == [
        {"text": "Love", "count": 2},
        {"text": "the love", "count": 1},
    ]
    assert [it["reference"] for it in told["occurrences"]] == ["John 3:16", "Romans 16:25"]
    assert told["translation"]["id"] == "noted"


async def test_its_verses_come_in_parts(noted: httpx.AsyncClient) -> None:
    one = (await noted.get("/v1/strongs/G26?limit=1")).json()
    assert [it["reference"] for it in one["occurrences"]] == ["John 3:16"]
    other = (await noted.get(f"/v1/strongs/G26?limit=1&after={one['next']}")).json()
    assert [it["reference"] for it in other["occurrences"]] == ["Romans 16:25"]
    assert other["next"] is None


@pytest.mark.parametrize(
    ("asked", "status", "param"),
    [
        ("love", 400, "number"),
        ("G0", 400, "number"),
        ("G" + "1" * 5000, 400, "number"),
        ("G9999", 404, "number"),
        ("G26?translation=one", 404, "translation"),
        ("G26?translation=none", 404, "translation"),
        ("G26?limit=0", 400, "limit"),
        ("G26?limit=501", 400, "limit"),
        ("G26?after=x", 400, "after"),
    ],
)
async def test_what_there_is_not_is_refused(
    noted: httpx.AsyncClient, asked: str, status: int, param: str
) -> None:
    answer = await noted.get(f"/v1/strongs/{asked}")
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)
