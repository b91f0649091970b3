"""The page of the models: what a gateway says, what it asks for the owner, and bad days."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import aclosing

import httpx
import pytest

from fakes.models.desk import Desk, desk
from fakes.models.script import Act, Does
from rackhouse.console.models import curve, drawing
from rackhouse.console.models.following import ended
from rackhouse.operations.models.door import Door
from rackhouse.operations.models.quality import Curve, Point
from rackhouse.operations.models.seen import Health, Model, Upstream
from rackhouse.rack.load import load
from unit.console.desk import PLAIN, Bench
from unit.console.test_pages import Outline

ADMIN = "sk-rack-owner"
FORM = {"model": "chat", "prompt": "What was made?", "currency": "USD"}


@pytest.fixture(scope="module")
def _door() -> Iterator[Desk]:
    with desk(admin=ADMIN) as one:
        yield one


@pytest.fixture
def door(_door: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("RACKHOUSE_GATEWAY", _door.url)
    monkeypatch.setenv("RACKHOUSE_GATEWAY_KEY", ADMIN)
    return _door


async def shown(client: httpx.AsyncClient) -> str:
    answer = await client.get("/models")
    assert answer.status_code == 200
    outline = Outline(answer.text)
    assert len(outline.ids) == len(set(outline.ids))
    assert ADMIN not in answer.text
    return answer.text


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_a_rack_without_a_gateway_says_how_to_begin(console: Bench) -> None:
    page = await shown(await console.signed_in())
    assert "No gateway yet" in page
    example = re.search(r'aria-label="What to write">(.*?)</pre>', page, re.DOTALL)
    assert example
    assert load(example[1]).models


async def test_it_is_the_owners_alone(console: Bench) -> None:
    stranger = console.client(PLAIN)
    assert (await stranger.get("/models")).headers["location"] == "/sign-in"
    assert (await stranger.post("/models/ask", data=FORM)).status_code == 401
    signed_in = await console.signed_in()
    assert (await signed_in.post("/models/ask", data=FORM)).status_code == 403  # no csrf


async def test_who_answers_and_who_did_not(console: Bench, door: Desk) -> None:
    door.scripts["first"].acts.append(Act(does=Does.ERROR))
    door.chat()
    page = await shown(await console.signed_in())
    assert "every model is answered" in page
    assert "not first: answered 500" in page
    assert '<th scope="row">hello</th>' in page


async def test_the_owner_asks_with_and_without_script(console: Bench, door: Desk) -> None:
    client = await console.signed_in()
    form = {**FORM, "csrf": token(await shown(client))}
    page = await client.post("/models/ask", data={**form, "other": "no-such"})
    assert page.text.count(Act().text) == 1
    assert "there is no model &#39;no-such&#39;" in page.text
    answer = await client.post("/models/ask", data=form, headers={"accept": "text/event-stream"})
    events = re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.text)
    assert "".join(json.loads(data) for kind, data in events if kind == "word") == Act().text
    assert events[-1][0] == "told"
    assert json.loads(events[-1][1]).startswith("first, ")
    assert (await client.post("/models/ask", data={**form, "prompt": " "})).status_code == 400


async def test_a_name_of_vectors_is_asked_no_question(
    console: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(
        ("vectors",), upstreams={"vectors": {"abilities": ("embeddings",)}}, admin=ADMIN
    ) as one:
        monkeypatch.setenv("RACKHOUSE_GATEWAY", one.url)
        monkeypatch.setenv("RACKHOUSE_GATEWAY_KEY", ADMIN)
        page = await shown(await console.signed_in())
    assert "vectors" in page
    assert re.findall("<option[^>]*>(.*?)</option>", page) == ["nobody"]


async def test_each_request_is_an_event_as_it_ends(door: Desk) -> None:
    async with aclosing(ended(Door(door.url, ADMIN))) as events:
        coming = asyncio.ensure_future(anext(events))
        while not coming.done():  # until it follows, nobody is told what had ended before
            await asyncio.to_thread(door.chat)
            await asyncio.wait({coming}, timeout=0.3)
    assert (coming.result().name, coming.result().data) == ("traffic", {"upstream": "first"})
    assert [event async for event in ended(Door("http://127.0.0.1:1", ADMIN))] == []


async def test_a_gateway_that_is_away_is_said(
    console: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACKHOUSE_GATEWAY", "http://127.0.0.1:1")
    assert "the gateway does not answer: ConnectError" in await shown(await console.signed_in())


def test_who_answers_is_drawn_with_a_full_line() -> None:
    ill = Upstream(name="forge", kind="ollama", model="m", local=True, standing="ill", why="<off>")
    cloud = Upstream(name="cloud", kind="openai", model="gpt", local=False)
    models = (Model(name="chat", upstreams=("forge", "cloud", "forgotten")), Model(name="none"))
    picture = drawing.drawn(
        Health(rack="home", currency="USD", upstreams=(ill, cloud), models=models)
    )
    assert picture.count('class="wire live"') == picture.count('class="wire off"') == 1
    assert "does not answer: &lt;off&gt;" in picture


def test_a_curve_is_drawn_with_its_bounds() -> None:
    points = (
        Point(policy="always local", quality=0.6, low=0.5, high=0.7, nanos=0.0),
        Point(policy="router", quality=0.9, low=0.8, high=0.95, nanos=2e6),
    )
    picture = curve.drawn(Curve(n=40.0, points=points), "USD")
    assert picture.count("<circle") == 2
    assert "0.002 USD" in picture
    assert curve.drawn(Curve(n=0.0), "USD")
