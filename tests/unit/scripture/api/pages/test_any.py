"""Whatever is asked, a page answers it: with what it is, or with what is wrong. Nothing that was
asked is ever markup.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import quote

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.services.scripture.api.app import create
from unit.scripture.companions.held import companions
from unit.scripture.search.library import LIBRARY

APP = create(LIBRARY, companions())
PARTS = st.sampled_from(
    ["JHN", "3", "john", "16-18", "old", "viejo", "<b x=1>", '"><i>', "\u202e", "%"]
)
SAID = st.one_of(PARTS, st.text(max_size=12), st.lists(PARTS, max_size=4).map(" ".join))
PLACES = st.sampled_from(
    [
        "/read/{}",
        "/read/{}/{}",
        "/read/JHN/{}/{}",
        "/read/JHN/3?in={}&with={}",
        "/go?ref={}&in={}",
        "/passages?ref={}&with={}",
        "/search?q={}&in={}",
        "/search?q=god&translation={}&after={}",
        "/plan/{}?date={}",
        "/plan/bible-in-a-year?start={}&date={}",
        "/topics?q={}",
        "/topics/{}",
        "/words/{}?in={}",
        "/static/{}",
        "/books?in={}",
    ]
)
_OURS = re.compile(r"<(b|i) ?(x=1)?>")


async def answered(path: str) -> httpx.Response:
    transport = httpx.ASGITransport(APP, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        return await client.get(path, headers={"accept": "text/html", "cookie": "reading=x.old"})


@settings(max_examples=250, deadline=None)
@given(PLACES, SAID, SAID)
def test_any_address_is_answered_and_none_of_it_is_markup(place: str, one: str, other: str) -> None:
    path = place.format(*(quote(each, safe="", errors="replace") for each in (one, other)))
    answer = asyncio.run(answered(path))
    assert answer.status_code in {200, 303, 307, 400, 404}, path
    assert "content-security-policy" in answer.headers or path.startswith("/static/")
    assert not _OURS.search(answer.text)
    place = answer.headers.get("location", "/")
    assert place.startswith("/")
    assert not place.startswith("//")
    assert place.isascii()
