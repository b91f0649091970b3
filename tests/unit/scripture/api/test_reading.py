"""What may be read, in which forms, and what is said where it may not."""

from __future__ import annotations

import httpx
import pytest

from rackhouse.services.scripture.model.translation import sha256
from unit.scripture.api.held import HELD


async def test_a_passage_in_two_translations(client: httpx.AsyncClient) -> None:
    asked = {"ref": "Jn 3:16\u201317; 1 Cor 13", "translation": "one,TWO"}
    told = (await client.get("/v1/passages", params=asked)).json()
    assert told["reference"] == "John 3:16-17; 1 Corinthians 13"
    john, love = told["passages"]
    assert (john["reference"], john["first"], john["last"]) == (
        "John 3:16-17",
        43_003_016,
        43_003_017,
    )
    one, two = john["texts"]
    assert [each["text"] for each in one["verses"]] == ["one 43003016", "one 43003017"]
    assert [each["verse"] for each in two["verses"]] == [16]  # it does not have the other
    assert len(love["texts"][0]["verses"]) == 13
    assert one["verses"][0]["sha256"] == sha256("one 43003016")
    assert [(it["licence"], it["attribution"]) for it in told["translations"]] == [
        ("Public domain", "Ours.")
    ] * 2


async def test_the_first_translation_speaks_where_none_is_named(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/passages", params={"ref": "Jude 5"})).json()
    assert [each["translation"] for each in told["passages"][0]["texts"]] == ["one"]


@pytest.mark.parametrize(
    ("accept", "plain"),
    [
        ("text/plain", True),
        ("text/*", True),
        ("text/plain;q=0.5, */*;q=0.1", True),
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("application/json, text/plain", False),
        ("text/plain;q=0", False),
        ("text/plain;q=x", False),
        ("", False),
    ],
)
async def test_plain_text_for_whoever_likes_it_better(
    client: httpx.AsyncClient, accept: str, plain: bool
) -> None:
    for path in ("/v1/passages?ref=John 3:16", "/v1/books/JHN/chapters/3"):
        answer = await client.get(path, headers={"accept": accept})
        assert answer.headers["content-type"].startswith("text/plain") == plain
        assert "one 43003016" in answer.text
        assert "Ours." in answer.text


async def test_a_chapter_by_any_name_and_those_beside_it(client: httpx.AsyncClient) -> None:
    for name in ("JHN", "john", "43", "Juan", "Jn"):
        told = (await client.get(f"/v1/books/{name}/chapters/21")).json()
        assert (told["reference"], told["book"], told["chapter"]) == ("John 21", "JHN", 21)
        assert told["before"] == {"book": "JHN", "chapter": 20}
        assert told["after"] == {"book": "ACT", "chapter": 1}
    first = (await client.get("/v1/books/GEN/chapters/1")).json()
    last = (await client.get("/v1/books/REV/chapters/22")).json()
    assert (first["before"], last["after"]) == (None, None)
    assert (await client.get("/v1/books/1 John/chapters/1")).json()["before"]["book"] == "2PE"


async def test_books_translations_and_references(client: httpx.AsyncClient) -> None:
    books = (await client.get("/v1/books")).json()["books"]
    assert (len(books), books[18]["code"], len(books[18]["verses"])) == (66, "PSA", 150)
    held = (await client.get("/v1/translations")).json()["translations"]
    assert [(each["id"], each["verses"]) for each in held] == [("one", 31_102), ("two", 31_101)]
    text = "Como Juan 3:16; 4:1 dice 😀 y Sal 23."
    found = (await client.get("/v1/references", params={"text": text})).json()["references"]
    assert [text[each["start"] : each["end"]] for each in found] == ["Juan 3:16; 4:1", "Sal 23"]
    assert found[0]["ranges"] == [[43_003_016, 43_003_016], [43_004_001, 43_004_001]]


@pytest.mark.parametrize(
    ("path", "status", "param", "says"),
    [
        ("/v1/passages", 400, "ref", "once"),
        ("/v1/passages?ref=John 3:16&ref=John 3:17", 400, "ref", "once"),
        ("/v1/passages?ref=", 400, "ref", "John 3:16"),
        ("/v1/passages?ref=Jhon 3:16", 400, "ref", "perhaps `John 3:16`"),
        ("/v1/passages?ref=John 3:99", 400, "ref", "verses 1 to 36"),
        ("/v1/passages?ref=Psalms", 400, "ref", "/v1/books/PSA/chapters/1"),
        (f"/v1/passages?ref=John 3:16{',16' * 120}", 400, "ref", "a part"),
        (f"/v1/passages?ref={'John' * 300}", 400, "ref", "a part"),
        ("/v1/passages?ref=%ff%00%e2", 400, "ref", "John 3:16"),
        ("/v1/passages?ref=Jude 5&translation=one&translation=two", 400, "translation", "once"),
        ("/v1/books/JUD/chapters/1?translation=one&translation=two", 400, "translation", "once"),
        ("/v1/passages?ref=Jn 3,16", 400, "ref", "`Jn 3:16` or `Jn 3; 16`"),
        ("/v1/books/", 404, None, "/openapi.json"),
        ("/v1/passages?ref=Jude 5&translation=three", 404, "translation", "one, two"),
        ("/v1/passages?ref=Jude 5&translation=one@abc", 404, "translation", "digits"),
        ("/v1/passages?ref=Jude 5&translation=one@0123456789abcdef", 404, "translation", "digits"),
        ("/v1/books/Jhon/chapters/3", 404, "book", "John"),
        ("/v1/books/99/chapters/3", 404, "book", "/v1/books"),
        ("/v1/books/John 3/chapters/3", 404, "book", "/v1/books"),
        ("/v1/books/JHN/chapters/22", 404, "chapter", "1 to 21"),
        ("/v1/books/JHN/chapters/x", 404, "chapter", "1 to 21"),
        ("/v1/books/JHN/chapters/0", 404, "chapter", "1 to 21"),
        ("/v1/references", 400, "text", "once"),
        (f"/v1/references?text={'a' * 7_001}", 400, "text", "a part"),
        ("/v1/nothing", 404, None, "/openapi.json"),
    ],
)
async def test_what_is_wrong_is_said_with_its_fix(
    client: httpx.AsyncClient, path: str, status: int, param: str | None, says: str
) -> None:
    answer = await client.get(path)
    fault = answer.json()["error"]
    assert (answer.status_code, fault["param"]) == (status, param)
    assert says in fault["fix"]
    assert fault["message"]
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


async def test_only_reading_is_answered(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/books")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "not_allowed")
    assert "GET" in answer.headers["allow"]
    head = await client.head("/v1/books")
    assert (head.status_code, head.content) == (200, b"")
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_a_fault_of_ours_says_no_more_of_itself(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(names: str) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(HELD, "chosen", failing)
    answer = await client.get("/v1/passages?ref=Jude 5")
    assert answer.status_code == 500
    assert answer.json()["error"]["message"] == "the service failed"
    assert "secret" not in answer.text
