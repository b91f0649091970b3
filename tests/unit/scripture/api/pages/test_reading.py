"""Chapters as pages: what is on them, what leads on, and what is said where there is none."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.model.translation import About, Translation
from rackhouse.services.scripture.service.library import Library
from unit.scripture.api.held import HELD, LICENCE


def links(page: str) -> list[str]:
    return [html.unescape(each) for each in re.findall(r'href="([^"]*)"', page)]


async def test_a_chapter_is_whole_without_a_script(client: httpx.AsyncClient) -> None:
    answer = await client.get("/read/JHN/3")
    page = answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert re.findall(r'id="v(\d+)"', page) == [str(each) for each in range(1, 37)]
    assert "one 43003016" in page
    assert "two 43003016" not in page
    assert "<h1 lang=" in page
    assert "Ours. Public domain." in page  # the terms, beneath the words
    assert {"/read/JHN/2", "/read/JHN/4", "/read/JHN/3/16#v16"} <= set(links(page))
    assert "<script>" not in page
    assert "style=" not in page
    assert " on" not in "".join(re.findall(r"<[a-z]+ [^>]*>", page)).replace(" one", "")


async def test_two_beside_each_other_and_every_link_keeps_them(client: httpx.AsyncClient) -> None:
    page = (await client.get("/read/JHN/3?with=two")).text
    assert page.index("one 43003016") < page.index("two 43003016")
    assert "not in the TWO" in page  # it has no verse 17
    assert {"/read/JHN/2?with=two", "/read/JHN/4?with=two"} <= set(links(page))
    other = (await client.get("/read/JHN/3?in=two&with=one,two")).text
    assert other.index("two 43003016") < other.index("one 43003016")
    assert "/read/JHN/4?in=two&with=one" in links(other)


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/read/JHN/3", []),
        ("/read/JHN/3/16", [16]),
        ("/read/JHN/3/16-18", [16, 17, 18]),
        ("/read/JHN/3/2,16-17", [2, 16, 17]),
    ],
)
async def test_verses_that_were_asked_for_are_lit(
    client: httpx.AsyncClient, path: str, lit: list[int]
) -> None:
    page = (await client.get(path)).text
    assert [int(each) for each in re.findall(r'class="verse lit" id="v(\d+)"', page)] == lit
    assert ('data-lit="v2"' in page) == (2 in lit)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/read/JHN", "/read/JHN/1"),
        ("/read/juan?with=two", "/read/JHN/1?with=two"),
        ("/read/john/3", "/read/JHN/3"),
        ("/read/43/3/16?in=two", "/read/JHN/3/16?in=two"),
        ("/read/JHN/003", "/read/JHN/3"),
    ],
)
async def test_other_names_lead_to_the_one_address(
    client: httpx.AsyncClient, path: str, place: str
) -> None:
    answer = await client.get(path)
    assert answer.headers["location"] == place
    assert answer.headers["cache-control"] == "no-store"


async def test_what_a_reader_had_last_is_where_the_address_says_nothing(
    client: httpx.AsyncClient,
) -> None:
    said = {"cookie": "reading=two.one"}
    answer = await client.get("/read/JHN/3", headers=said)
    assert answer.headers["location"] == "/read/JHN/3?in=two&with=one"
    assert (await client.get("/read/JHN/3?with=two", headers=said)).status_code == 200
    for nothing in ("reading=one", "reading=of-another-day.one", "reading=", 'reading="<x>"'):
        answer = await client.get("/read/JHN/3", headers={"cookie": nothing})
        assert (answer.status_code, answer.headers["vary"]) == (
            200,
            "accept-encoding, cookie",
        )
    assert (await client.get("/read/JHN/3?in=one")).headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/read/JHN/22", 404, "1 to 21"),
        ("/read/JHN/3/37", 404, "1 to 36"),
        ("/read/JHN/3/0", 404, "1 to 36"),
        ("/read/JHN/3/18-16", 404, "1 to 36"),
        ("/read/JHN/3/<script>", 404, "&lt;script&gt;"),
        ("/read/nobody/3", 404, "nobody"),
        ("/read/JHN/3?in=four", 404, "one, two"),
        ("/static/none.css", 404, "no such file"),
    ],
)
async def test_what_is_wrong_is_a_page_that_says_how_to_mend_it(
    client: httpx.AsyncClient, path: str, status: int, says: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert says in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert "<script>" not in answer.text


async def test_words_are_escaped_and_names_of_god_are_set_apart() -> None:
    about = About(id="x", name='<b>"X"', language="es", licence=LICENCE)
    said = "The LORD's <script>alert(1)</script> & LORDS"
    held = Library([Translation(about, {19_023_001: said})])
    transport = httpx.ASGITransport(create(held))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        page = (await client.get("/read/PSA/23")).text
    assert (
        'The <span class="name">LORD</span>&#39;s &lt;script&gt;alert(1)&lt;/script&gt; &amp; LORDS'
        in page
    )
    assert "<b>" not in page
    assert '<h1 lang="es">Salmo 23</h1>' in page
    assert page.count('class="none"') == 5  # verses that it does not have


async def test_a_page_is_guarded_and_kept_as_the_interface_is(client: httpx.AsyncClient) -> None:
    for path in ("/", "/books", "/about", "/read/JHN/3", "/passages?ref=John 3:16; 4"):
        first = await client.get(path)
        policy = first.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert first.headers["x-content-type-options"] == "nosniff"
        assert "must-revalidate" in first.headers["cache-control"]
        again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert 'lang="en"' in first.text
        assert 'href="#main"' in first.text


async def test_more_translations_than_fit_are_refused() -> None:
    some = [About(id=it, name=it, language="en", licence=LICENCE) for it in "abcde"]
    held = Library([Translation(each, {1_001_001: each.id}) for each in some])
    transport = httpx.ASGITransport(create(held))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        assert (await client.get("/read/GEN/1?with=b,c,d")).status_code == 200
        assert (await client.get("/read/GEN/1?with=b,c&with=d,e")).status_code == 400
        assert (await client.get("/read/GEN/1?with=b&with=c&with=c,d")).status_code == 200


def test_the_library_of_these_tests_lacks_a_verse() -> None:
    assert len(HELD.translations[1]) == 31_101
