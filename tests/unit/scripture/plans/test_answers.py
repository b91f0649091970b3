"""Plans, chance and the verse of a day, over HTTP and as pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest

from rackhouse.services.scripture.api.app import create
from rackhouse.services.scripture.api.pages.desk import Desk
from rackhouse.services.scripture.api.pages.plans import Plans
from rackhouse.services.scripture.service.companions import Companions
from rackhouse.services.scripture.service.search import Searches
from unit.scripture.api.held import HELD


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create(HELD))
    async with httpx.AsyncClient(transport=transport, base_url="http://scripture") as client:
        yield client


async def test_what_is_read_on_a_day(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/plans")).json()
    assert len(told["plans"]) >= 5
    assert "hope" in told["topics"]
    day = (await client.get("/v1/plans/bible-in-a-year/days/2026-01-02")).json()
    assert (day["number"], day["of"]) == (2, 365)
    assert day["readings"][0]["reference"] == "Genesis 4-6"
    asked = "/v1/plans/bible-in-a-year/days/2026-03-02?start=2026-03-01"
    assert (await client.get(asked)).json()["readings"] == day["readings"]


async def test_the_verse_of_a_day_is_everybodys(client: httpx.AsyncClient) -> None:
    asked = "/v1/days/2026-12-24?translation=one,two"
    one, other = [(await client.get(asked)).json() for _ in range(2)]
    assert one == other
    assert [it["translation"] for it in one["passage"]["texts"]] == ["one", "two"]


async def test_chance_by_seed_topic_and_part(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/random")
    assert first.headers["cache-control"] == "no-store"
    again = await client.get("/v1/random", params={"seed": first.json()["seed"]})
    assert again.json() == first.json()
    assert "etag" in again.headers
    for seed in "abcdef":
        asked = {"seed": seed, "topic": "peace", "in": "nt"}
        told = (await client.get("/v1/random", params=asked)).json()
        assert (told["passage"]["first"] > 40_000_000, told["topic"]) == (True, "peace")
        told = (await client.get("/v1/random", params={"seed": seed, "in": "Jude"})).json()
        assert told["passage"]["reference"].startswith("Jude")


@pytest.mark.parametrize(
    ("path", "status", "param"),
    [
        ("/v1/plans/none/days/2026-01-01", 404, "plan"),
        ("/v1/plans/bible-in-a-year/days/today", 400, "date"),
        ("/v1/plans/bible-in-a-year/days/2026-02-30", 400, "date"),
        ("/v1/plans/bible-in-a-year/days/9999-12-31", 400, "date"),
        ("/v1/plans/bible-in-a-year/days/0001-01-01", 400, "date"),
        ("/v1/plans/bible-in-a-year/days/2026-01-01?start=2026-02-01", 400, "date"),
        ("/v1/plans/bible-in-a-year/days/2026-01-01?start=soon", 400, "start"),
        ("/v1/days/20260101", 400, "date"),
        ("/v1/random?topic=grumbling", 404, "topic"),
        ("/v1/random?topic=hope&in=Jude", 400, "in"),
        ("/v1/random?in=nowhere", 400, "in"),
    ],
)
async def test_what_is_wrong_is_said(
    client: httpx.AsyncClient, path: str, status: int, param: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)
    assert answer.json()["error"]["fix"]


async def test_the_pages(client: httpx.AsyncClient) -> None:
    page = (await client.get("/plan/bible-in-a-year?date=2026-01-01")).text
    for each in ("Day 1 of 365", "/read/GEN/2", "Genesis 4-6", "date=2026-01-02"):
        assert each in page
    own = (await client.get("/plan/bible-in-a-year?date=2026-03-01&start=2026-03-01")).text
    assert "Day 1 of 365" in own
    assert "date=2026-02-28" not in own  # there is no day before the first
    assert "bible-in-a-year.ics?start=2026-03-01" in own
    assert (await client.get("/plans")).text.count("Today:") >= 5
    for wrong in ("/plan/none", "/plan/bible-in-a-year?date=x", "/plan/none.ics"):
        answer = await client.get(wrong)
        assert answer.status_code in {400, 404}
        assert answer.headers["content-type"].startswith("text/html")


async def test_the_feed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/plan/gospels-in-40-days.ics?start=2026-02-18")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20260218" in answer.text
    again = {"if-none-match": answer.headers["etag"]}
    asked = "/plan/gospels-in-40-days.ics?start=2026-02-18"
    assert (await client.get(asked, headers=again)).status_code == 304


def test_today_is_asked_each_time() -> None:
    days = iter((date(2026, 1, 1), date(2026, 1, 2)))
    desk = Desk(HELD, Searches(), Companions(), lambda: next(days))
    assert Plans(desk)._desk.today() < desk.today()
