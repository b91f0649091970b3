"""The feed and its streams: nothing lost, nothing twice, an end when the console ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator

import httpx
import pytest

from rackhouse.console import streams
from rackhouse.console.feed import KEPT, Event, Feed
from rackhouse.console.streams import Streams
from rackhouse.console.watch import changes
from rackhouse.operations.view import view
from rackhouse.supervisor.unit import Phase
from unit.console.desk import SECRET, Bench
from unit.console.house import log, state


async def take(reader: AsyncGenerator[Event, None], count: int) -> list[Event]:
    async with asyncio.timeout(5):
        return [await anext(reader) for _ in range(count)]


async def begun(feed: Feed, last: str = "") -> tuple[AsyncGenerator[Event, None], asyncio.Future]:
    reader = feed.read(last)
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    return reader, first


async def test_each_reader_gets_what_comes_from_then_on() -> None:
    feed = Feed()
    feed.publish("part", {"name": "old"})
    (one, first), (_, other) = await begun(feed), await begun(feed)
    feed.publish("part", {"name": "a"})
    feed.publish("part", {"name": "b"})
    assert (await first).data == (await other).data == {"name": "a"}
    assert [event.data["name"] for event in await take(one, 1)] == ["b"]


async def test_whoever_comes_back_goes_on_where_they_were() -> None:
    feed = Feed()
    feed.publish("part", {"n": 0})
    reader, first = await begun(feed)
    feed.publish("part", {"n": 1})
    last = (await first).id
    await reader.aclose()
    for n in range(2, 5):
        feed.publish("part", {"n": n})
    assert [event.data["n"] for event in await take(feed.read(last), 3)] == [2, 3, 4]


@pytest.mark.parametrize(
    "last", ["other-1", "x", "-", "1", "é-1", "{era}-99", "{era}--1", "{era}-0"]
)
async def test_whoever_missed_too_much_is_told_to_look_anew(last: str) -> None:
    feed = Feed()
    for n in range(KEPT + 1):
        feed.publish("part", {"n": n})
    last = last.replace("{era}", feed._era)
    if last == f"{feed._era}-99":
        feed = Feed()
    (event,) = await take(feed.read(last), 1)
    assert event.name == "reset"


async def test_nothing_is_lost_while_a_reader_is_busy() -> None:
    feed = Feed()
    reader, first = await begun(feed)
    got = []
    for n in range(200):
        feed.publish("part", {"n": n})
        if n % 7 == 0:
            await asyncio.sleep(0)
    got.append((await first).data["n"])
    got += [event.data["n"] for event in await take(reader, 199)]
    assert got == list(range(200))


async def test_readers_are_counted_and_let_go() -> None:
    feed = Feed()
    reader, first = await begun(feed)
    assert feed.readers == 1
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await reader.aclose()
    assert feed.readers == 0


def test_changes_name_what_is_other_than_it_was(console: Bench) -> None:
    before = console.desk.view
    assert list(changes(before, before)) == []
    state(console.house, "cache", phase=Phase.BACKOFF, why="ended with 1")
    state(console.house, "guestbook.web@r2", phase=Phase.STARTING)
    (console.house.paths.states / "objects.json").unlink()
    console.house.store.begin_apply("ann", "up", [], 1.0)
    after = view(console.house)
    found = list(changes(before, after))
    assert ("part", {"name": "cache", "phase": "backoff", "why": "ended with 1"}) in found
    assert ("part", {"name": "objects", "phase": "gone", "why": ""}) in found
    app = {"name": "guestbook", "phase": "starting", "why": "", "release": 2}
    assert ("application", app) in found
    assert ("apply", {"number": 2, "what": "up", "ended": False}) in found
    rack = dict(found)["rack"]
    assert rack["hints"] == list(after.hints), "nobody is at that apply: it was interrupted"
    assert len(after.hints) == 1
    assert len(found) == 5


async def test_use_alone_is_no_change(console: Bench) -> None:
    before = console.desk.view
    state(console.house, "cache", rss=9, cpu=99.0)
    assert list(changes(before, view(console.house))) == []


async def lines_of(console: Bench, path: str, count: int, **headers: str) -> list[str]:
    """The first lines of a stream, through the whole application; then the reader goes away."""
    sent: list[str] = []
    enough = asyncio.Event()

    async def receive() -> dict[str, object]:
        if not enough.is_set():
            await asyncio.sleep(0)
            if not sent:
                return {"type": "http.request", "body": b"", "more_body": False}
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message.get("body", b"").decode()))  # type: ignore[attr-defined]  # bytes
        if "".join(sent).count("\n") >= count:
            enough.set()

    given = {"host": "127.0.0.1:8400", "authorization": f"Bearer {SECRET}", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
        "client": ("127.0.0.1", 1),
    }
    from rackhouse.console.app import create_app

    async with asyncio.timeout(5):
        await create_app(console.desk, console.streams)(scope, receive, send)  # type: ignore[arg-type]  # ASGI
    return "".join(sent).split("\n")


async def test_events_are_sent_with_ids_to_come_back_with(console: Bench) -> None:
    feed = console.desk.watch.feed
    feed.publish("part", {"name": "a"})
    feed.publish("part", {"name": "b\nc"})
    lines = await lines_of(console, "/api/v1/events", 6, last_event_id=f"{feed._era}-1")
    assert lines[0] == "retry: 1000"
    assert lines[2:5] == [f"id: {feed._era}-2", "event: part", 'data: {"name": "b\\nc"}']
    assert feed.readers == 0


async def test_logs_go_on(console: Bench) -> None:
    lines = await lines_of(console, "/api/v1/logs/guestbook/follow", 6)
    first = json.loads(lines[2].removeprefix("data: "))
    assert first == {"unit": "guestbook.web@r2", "text": "hello"}


async def test_silence_is_broken_by_a_word_that_means_nothing(
    console: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.01)
    assert ": alive" in await lines_of(console, "/api/v1/events", 4)


async def test_when_the_console_ends_its_readers_are_let_go(console: Bench) -> None:
    reading = asyncio.create_task(lines_of(console, "/api/v1/events", 100))
    await asyncio.sleep(0.05)
    console.streams.stop()
    async with asyncio.timeout(2):
        await reading
    assert console.desk.watch.feed.readers == 0


async def test_a_source_that_ends_ends_the_stream() -> None:
    async def source() -> AsyncGenerator[Event, None]:
        yield Event("x-1", "part", {})

    answer = Streams().events(source())
    assert len([chunk async for chunk in answer.body_iterator]) == 2


async def test_logs_of_nothing_are_missing_before_they_begin(console: Bench) -> None:
    for name in ("nothing", "..", "%2e%2e", "..%2f..%2fstore", "cache%00"):
        answer: httpx.Response = await console.program().get(f"/api/v1/logs/{name}/follow")
        assert answer.status_code == 404
    log(console.house, "cache", ["one"])
    assert (await console.program().get("/api/v1/logs/cache")).text == "one\n"
