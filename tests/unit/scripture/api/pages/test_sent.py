"""Pages that were sent are sent again as they were, to whom they are meant."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import Request

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.api.pages.sent import Shelf, sent
from rackhouse.services.scripture.model.translation import Translation
from unit.scripture.api.held import HELD


async def test_a_page_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    own = Translation.within
    monkeypatch.setattr(
        Translation, "within", lambda self, verses: asked.append(verses) or own(self, verses)
    )
    transport = httpx.ASGITransport(create(HELD))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        first = await client.get("/read/JHN/3?with=two")
        before = len(asked)
        again = await client.get("/read/JHN/3?with=two")
        assert len(asked) == before
        assert (again.content, again.headers) == (first.content, first.headers)
        tag = {"if-none-match": first.headers["etag"]}
        assert (await client.get("/read/JHN/3?with=two", headers=tag)).status_code == 304
        assert len(asked) == before
        plain = {"accept-encoding": "identity"}
        other = await client.get("/read/JHN/3?with=two", headers=plain)
        assert "content-encoding" not in other.headers
        assert other.content == first.content
        assert (await client.get("/read/JHN/3?with=one")).text != first.text
        had = {"cookie": "reading=two"}  # who has other translations is not given these
        assert (await client.get("/read/JHN/3")).status_code == 200
        assert (await client.get("/read/JHN/3", headers=had)).status_code == 307


def request(path: str) -> Request:
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    return Request({**scope, "server": ("here", 80), "scheme": "http", "root_path": ""})


def test_those_that_were_asked_for_last_are_kept() -> None:
    shelf = Shelf(2)
    for path in ("/a", "/b"):
        shelf.put(request(path), sent(request(path), path.encode(), by_cookie=False))
    assert shelf.again(request("/a"))
    shelf.put(request("/c"), sent(request("/c"), b"c", by_cookie=False))
    assert shelf.again(request("/b")) is None
    assert shelf.again(request("/a"))
    long = request("/" + "x" * 300)
    shelf.put(long, sent(long, b"", by_cookie=False))
    assert shelf.again(long) is None
