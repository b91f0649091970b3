"""Previews on a cluster in memory: opened, released, gone; within what was granted, and no more."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rackhouse.delivery.onrack.previews import (
    all_previews,
    close,
    open_preview,
    release_preview,
    sweep,
)
from rackhouse.delivery.onrack.release import Door
from rackhouse.desired.kube.previews import MOST
from rackhouse.kit.errors import Missing, Refused
from rackhouse.resources.seen import Stamp
from rackhouse.targets.kube.server import Server
from unit.delivery.onrack.place import HELLO, House, coming, house, image, released
from unit.delivery.onrack.test_killed import Deadly, Killed
from unit.targets.kube.place import PATIENT, Lab

pytestmark = pytest.mark.slow
NOW = datetime.fromtimestamp(1000.0, UTC)
WEEK = timedelta(days=7)
SPACE = "/api/v1/namespaces/try--hello"
Act = Callable[[Server], Awaitable[Any]]


def silent(_: str) -> None:
    """Nobody listens."""


def door(made: House, name: str) -> Door:
    lab = Lab(made.lab.cluster, rack="lab.previews", pace=PATIENT)
    return Door(application=name, server=lab.way, opens=lambda _: lab.target)


async def test_a_branch_is_shown_beside_the_live_one_and_leaves_when_its_time_is_over() -> None:
    async with house(released(HELLO, 1)) as made:
        way = made.lab.way
        push = replace(coming(), release=replace(coming().release, number=99))
        seen = await open_preview(way, push, "try", silent, PATIENT)
        assert (seen.name, seen.of, seen.until) == ("try--hello", "hello", NOW + WEEK)
        done = await release_preview(door(made, seen.name), coming(number=9), silent)
        assert (done.number, done.app.name) == (1, "try--hello")
        pods = (await made.get(f"{SPACE}/pods"))["items"]
        assert [it["spec"]["containers"][0]["image"] for it in pods] == [image(9)]
        again = await open_preview(way, coming(now=2000.0), "try", silent, PATIENT)
        assert again.until - seen.until == timedelta(seconds=1000)  # each push renews it
        assert await all_previews(way) == [again]
        assert await sweep(way, again.until, silent) == []
        assert await sweep(way, again.until + timedelta(seconds=1), silent) == ["try--hello"]
        assert await all_previews(way) == []
        assert await made.serving() == image(1)


async def test_a_word_that_was_made_up_stays_and_is_none_that_a_person_set() -> None:
    async with house(released(HELLO, 1)) as made:
        words = []
        for now in (1000.0, 2000.0):
            await open_preview(made.lab.way, coming(now=now), "try", silent, PATIENT)
            words.append((await made.get(f"{SPACE}/secrets/application"))["data"]["web.KEY"])
        live = (await made.get("/api/v1/namespaces/hello/secrets/application"))["data"]["web.KEY"]
        assert words[0] == words[1] != live


async def test_no_plan_of_the_rack_sees_it_and_it_leaves_after_its_application() -> None:
    async with house(released(HELLO, 1)) as made:
        way = made.lab.way
        before = {it.id for it in await made.lab.target.observe(None)}
        await open_preview(way, coming(), "try", silent, PATIENT)
        assert {it.id for it in await made.lab.target.observe(None)} == before
        mine = {"name": "mine", "labels": {"rackhouse.dev/preview-of": "hello"}}
        await made.lab.post("/api/v1/namespaces", {"metadata": mine})
        assert await sweep(way, NOW, silent) == []
        await way.ask("DELETE", "/api/v1/namespaces/hello")
        async with asyncio.timeout(20):
            while await made.get("/api/v1/namespaces/hello"):
                await asyncio.sleep(0.01)
        assert await sweep(way, NOW, silent) == ["try--hello"]
        assert await made.get("/api/v1/namespaces/mine")  # a label alone makes no preview


MORE = HELLO.replace("targetPort: 8080", "targetPort: 8081")
CACHED = HELLO.replace("resources: {", "resources: {visits: {type: redis}, ")


async def test_what_the_live_one_may_not_no_preview_may() -> None:
    async with house(released(HELLO, 1)) as made:
        for push, why in (
            (coming(MORE), "was not granted: other ports"),
            (coming(CACHED), "was not granted: visits"),
            (coming(of="docker.io/library/nginx:1.29.3"), "is not what hello may run"),
            (coming(of=image(7).replace("/hello@", "/other@")), "is not what hello may run"),
        ):
            with pytest.raises(Refused, match=why):
                await open_preview(made.lab.way, push, "try", silent, PATIENT)
        (web,) = coming().app.containers
        hidden = replace(coming().app, said=(replace(web, memory_max=2**40),))
        with pytest.raises(Refused, match="more or less memory"):
            await open_preview(made.lab.way, replace(coming(), app=hidden), "try", silent, PATIENT)
        strange = replace(coming(), app=replace(coming().app, name="nobody"))
        with pytest.raises(Missing, match="has not brought nobody"):
            await open_preview(made.lab.way, strange, "try", silent, PATIENT)
        assert await all_previews(made.lab.way) == []
        await made.lab.post("/api/v1/namespaces", {"metadata": {"name": "try--hello"}})
        with pytest.raises(Refused, match="Namespace/try--hello exists"):
            await open_preview(made.lab.way, coming(), "try", silent, PATIENT)
        labels = {"rackhouse.dev/preview-of": "other"}
        notes = {"rackhouse.dev/stamp": Stamp(rack="lab.previews", digest="1").to_json()}
        theirs = {"name": "new--hello", "labels": labels, "annotations": notes}
        await made.lab.post("/api/v1/namespaces", {"metadata": theirs})
        with pytest.raises(Refused, match="new--hello is a preview of other, and none of hello"):
            await open_preview(made.lab.way, coming(), "new", silent, PATIENT)
    async with house(released(CACHED, 1)) as made:
        with pytest.raises(Refused, match=r"no preview of what needs visits \(redis\)"):
            await open_preview(made.lab.way, coming(CACHED), "try", silent, PATIENT)


async def test_so_many_of_one_application_and_none_of_a_preview() -> None:
    async with house(released(HELLO, 1)) as made:
        way = made.lab.way
        for number in range(MOST):
            await open_preview(way, coming(), f"try-{number}", silent, PATIENT)
        await open_preview(way, coming(), "try-0", silent, PATIENT)  # it is there already
        with pytest.raises(Refused, match=f"has {MOST} previews already: try-0, try-1"):
            await open_preview(way, coming(), "more", silent, PATIENT)
        assert await close(way, "hello", "try-0--hello", silent)
        assert not await close(way, "hello", "try-0--hello", silent)
        assert not await close(way, "hello", "hello", silent)
        await open_preview(way, coming(), "more", silent, PATIENT)
        inner = replace(coming(), app=replace(coming().app, name="more--hello"))
        with pytest.raises(Refused, match="is a preview itself"):
            await open_preview(way, inner, "try", silent, PATIENT)


async def test_a_lifetime_is_the_files_own_and_bounded() -> None:
    said = "name: hello, annotations: {rackhouse.dev/preview-lifetime: LONG}"
    async with house(released(HELLO, 1)) as made:
        for long, days in (("2d", 2), ("600d", 30)):
            push = coming(HELLO.replace("name: hello", said.replace("LONG", long)))
            seen = await open_preview(made.lab.way, push, "try", silent, PATIENT)
            assert seen.until - NOW == timedelta(days=days)


async def test_killed_at_any_request_the_next_goes_on() -> None:
    async with house(released(HELLO, 1)) as made:
        cluster, way = made.lab.cluster, made.lab.way

        async def killed(act: Act, at: int) -> bool:
            dying = Lab(cluster, pace=PATIENT, cut=lambda inner: Deadly(inner, at))
            try:
                await act(dying.way)
            except Killed:
                return True
            return False

        async def opens(server: Server) -> None:
            await open_preview(server, coming(), "try", silent, PATIENT)

        async def closes(server: Server) -> None:
            await close(server, "hello", "try--hello", silent)

        for at in itertools.count(1, 11):  # each one in turn takes a minute
            done = not await killed(opens, at)
            await opens(way)
            assert [it.name for it in await all_previews(way)] == ["try--hello"]
            assert await made.get(f"{SPACE}/secrets/rackhouse-granted")
            if done:
                break
            await killed(closes, 1 + at % 5)
            await closes(way)
            assert await all_previews(way) == []
        assert at > 30, "it asks for more than that"
