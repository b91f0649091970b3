"""Going to what a person types, in English or Spanish; what is said where it is no reference."""

from __future__ import annotations

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.api.pages import setting
from rackhouse.services.scripture.api.pages.passages import chapters
from rackhouse.services.scripture.model.references.parse import parse
from unit.scripture.api.held import HELD


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Jn 3:16", "/read/JHN/3/16#v16"),
        ("Juan 3.16-18", "/read/JHN/3/16-18#v16"),
        ("Salmo 23", "/read/PSA/23"),
        ("Jude 5", "/read/JUD/1/5#v5"),
        ("Jude", "/read/JUD/1"),
        ("Genesis", "/read/GEN/1"),
        ("Jn 3:16; Mt 5", "/passages?ref=John%203:16;%20Matthew%205"),
        ("Jn 3:16-4:2", "/passages?ref=John%203:16-4:2"),
        ("", "/books"),
    ],
)
async def test_to_where_it_points(client: httpx.AsyncClient, said: str, place: str) -> None:
    answer = await client.get("/go", params={"ref": said})
    assert (answer.status_code, answer.headers["location"]) == (303, place)


async def test_and_the_translations_stay(client: httpx.AsyncClient) -> None:
    asked = {"ref": "Jn 3:16", "in": "two", "with": "one"}
    answer = await client.get("/go", params=asked)
    assert answer.headers["location"] == "/read/JHN/3/16?in=two&with=one#v16"
    answer = await client.get("/go", params={**asked, "ref": "Jn 3:16; 4:1"})
    assert answer.headers["location"] == "/passages?in=two&with=one&ref=John%203:16;%20John%204:1"
    page = (await client.get(answer.headers["location"])).text
    assert "two 43004001" in page
    assert "/read/JHN/4/1?in=two" in page


@pytest.mark.parametrize(
    ("said", "perhaps"),
    [("Jhon 3:16", "John 3:16"), ("Jn 3,16", "Jn 3; 16"), ("Samuel 3", "1 Samuel 3")],
)
async def test_a_typo_is_answered_with_what_was_perhaps_meant(
    client: httpx.AsyncClient, said: str, perhaps: str
) -> None:
    answer = await client.get("/go", params={"ref": said})
    assert answer.status_code == 400
    assert f">{perhaps}</a>" in answer.text


@pytest.mark.parametrize("said", ["<script>alert(1)</script>", "\u202e\u05d0", "x" * 5_000, "%00"])
async def test_what_is_nothing_like_one_is_shown_escaped(
    client: httpx.AsyncClient, said: str
) -> None:
    for path in ("/go", "/passages"):
        answer = await client.get(path, params={"ref": said})
        assert answer.status_code == 400
        assert "<script>alert" not in answer.text


async def test_a_page_of_passages_says_each_with_its_chapter(client: httpx.AsyncClient) -> None:
    page = (await client.get("/passages?ref=Ps 23:1-2; John 3:36-4:1")).text
    for each in ("Psalm 23:1-2", "John 3:36", "John 4:1", "one 43003036", "one 43004001"):
        assert each in page
    assert (await client.get("/passages?ref=Psalms")).status_code == 400


async def test_the_books_are_all_there(client: httpx.AsyncClient) -> None:
    page = (await client.get("/books?in=two")).text
    assert page.count('class="book"') == 66
    assert '/read/OBA/1?in=two"' in page
    assert "/read/PSA/150?in=two" in page
    assert (await client.get("/")).text.count('href="/books#') >= 66


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("John 3:16", "/read/JHN/3/16"),
        ("John 3:16-18", "/read/JHN/3/16-18"),
        ("John 3", "/read/JHN/3"),
        ("John 3:30-5:2", "/read/JHN/3/30-36"),
    ],
)
def test_a_range_has_a_page(reference: str, path: str) -> None:
    assert setting.reading(parse(reference).ranges[0]) == path


def test_a_range_falls_into_chapters() -> None:
    [verses] = parse("Mal 4:5 - Mt 2:1").ranges
    told = [str(each) for each in chapters(verses)]
    assert told == ["Malachi 4:5-6", "Matthew 1", "Matthew 2:1"]
    [last] = parse("Rev 21 - Rev 22").ranges
    assert len(list(chapters(last))) == 2


def test_marks_are_set_around_words_as_they_stand() -> None:
    told = setting.marked("The LORD is <good>", [(4, 8), (12, 18)])
    assert told == ('The <mark><span class="name">LORD</span></mark> is <mark>&lt;good&gt;</mark>')


async def test_where_one_may_ask_there_is_a_link() -> None:
    transport = httpx.ASGITransport(create(HELD, ask="https://study.example/ask"))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as asked:
        page = (await asked.get("/read/JHN/3/16-18")).text
    assert page.count('href="https://study.example/ask"') == 3
    assert "/passages/" not in page  # notes are known at one's own host alone


async def test_asking_has_a_path_of_its_own_at_the_same_host(client: httpx.AsyncClient) -> None:
    transport = httpx.ASGITransport(create(HELD, ask="/ask"))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as asked:
        page = (await asked.get("/read/JHN/3/16-18")).text
        assert 'href="/ask?q=John%203%3A16-18">Ask about John 3:16-18<' in page
        assert 'href="/ask/passages/JHN.3.16-18"' in page
        assert 'href="/ask/passages/JHN.3"' in (await asked.get("/read/JHN/3")).text
        told = (await asked.get("/manifest.webmanifest")).json()
        assert told["shortcuts"] == [{"name": "Ask", "url": "/ask"}]
        away = await asked.get("/ask?q=love")
        assert away.status_code == 404
        assert "the application `study` does" in away.text.lower()
    assert "/ask" not in (await client.get("/read/JHN/3/16-18")).text
