"""What is opened again while the broker looks at what is over stays; so does what is another's."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from rackhouse.delivery.broker.app import Broker
from rackhouse.delivery.broker.gitea import Gitea
from rackhouse.delivery.broker.pace import Pace
from rackhouse.delivery.broker.previews import sweeping
from rackhouse.delivery.onrack.previews import close, sweep
from rackhouse.kit.errors import Refused
from rackhouse.resources.seen import Stamp
from rackhouse.targets.kube.server import Server
from rackhouse.twin.kube.body import Body
from rackhouse.twin.kube.hand import create, update
from unit.delivery.broker.place import Place

PREVIEW, UNTIL = "try--hello", "rackhouse.dev/until"
STAMP = {"rackhouse.dev/stamp": Stamp(rack="home.previews", digest="1").to_json()}
LABELS = {"rackhouse.dev/preview-of": "hello", "rackhouse.dev/rack": "home.previews"}


def shown(until: str) -> Place:
    """A cluster with hello, which a rack brought, and a preview of it."""
    place = Place()
    live = {"metadata": {"name": "hello", "labels": {"rackhouse.dev/rack": "home"}}}
    update(place.cluster, "namespaces", live)
    create(place.cluster, "namespaces", namespace(until))
    return place


def namespace(until: str) -> Body:
    notes = {**STAMP, UNTIL: until}
    return {"metadata": {"name": PREVIEW, "labels": LABELS, "annotations": notes}}


def opened_again(place: Place) -> None:
    """What a push does to its namespace."""
    update(place.cluster, "namespaces", namespace("2999-01-01T00:00:00Z"))


async def stays(place: Place) -> bool:
    found = await place.server("root").ask("GET", f"/api/v1/namespaces/{PREVIEW}")
    return not found["metadata"].get("deletionTimestamp")


async def test_what_was_opened_again_while_others_had_the_turn_stays() -> None:
    place, done = shown("2020-01-01T00:00:00Z"), asyncio.Event()

    class Turn(asyncio.Lock):
        """Somebody opens it just before the sweep has its turn."""

        async def __aenter__(self) -> None:
            opened_again(place)
            await super().__aenter__()

        async def __aexit__(self, *why: object) -> None:
            self.release()
            done.set()

    @asynccontextmanager
    async def opens() -> AsyncIterator[Server]:
        yield place.server("root")

    gitea = Gitea("http://git.test", place.http())
    turns = defaultdict[str, asyncio.Lock](Turn)
    broker = Broker(gitea=gitea, opens=opens, pace=Pace(lambda: 0), turns=turns)
    working = asyncio.create_task(sweeping(broker))
    async with asyncio.timeout(20):
        await done.wait()
    working.cancel()
    assert set(turns) == {"hello"}
    assert await stays(place)


async def test_what_is_opened_again_while_it_is_being_taken_down_stays() -> None:
    place = shown("2020-01-01T00:00:00Z")
    root, now = place.server("root"), datetime.now(UTC)
    assert await sweep(root, now, lambda _: opened_again(place)) == []
    assert await stays(place)


async def test_what_is_another_applications_is_not_taken_down() -> None:
    place = shown("2999-01-01T00:00:00Z")
    with pytest.raises(Refused, match="is a preview of hello, and none of other"):
        await close(place.server("root"), "other", PREVIEW, lambda _: None)
    assert await stays(place)


async def test_what_nobody_opened_again_leaves() -> None:
    place = shown("2020-01-01T00:00:00Z")
    assert await sweep(place.server("root"), datetime.now(UTC), lambda _: None) == [PREVIEW]
    assert not await stays(place)
