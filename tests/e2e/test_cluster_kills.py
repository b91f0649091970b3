"""Applies over a cluster that are ended again and again, each after its first write: the next one
goes on, and they come to where one that nobody disturbed does.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.cluster_desk import Desk, cluster
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.open import OpenRack, always
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.world import World
from rackhouse.operations.cluster.joining import remember
from rackhouse.plan.planner import plan
from rackhouse.resources.core import Hidden
from rackhouse.resources.place import Place
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.kube import Kube
from rackhouse.targets.kube.kubeconfig import Access
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import Server
from rackhouse.targets.protocol import Target
from rackhouse.twin.kube.app import create_app
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.controllers import drive

pytestmark = pytest.mark.slow

RACK = """
rack: home
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab}
"""
BRISK = Pace(ready=20.0, kind=20.0, gone=20.0, stuck=20.0, away=0.2, first=0.01, most=0.05)


CHOSEN = frozenset({"clusterIP", "clusterIPs"})  # by the cluster, anew each time


class Killed(BaseException):
    """The process is no more."""


class Line(httpx.ASGITransport):
    """The way to the cluster. Only `writes` of them come through: at the next, `end` is raised
    when it was sent and nobody has heard what came of it.
    """

    def __init__(self, cluster: Cluster, writes: int, end: type[BaseException]) -> None:
        super().__init__(create_app(cluster))
        self.left, self.end = writes, end

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.left < 0:
            raise self.end("away")
        answer = await super().handle_async_request(request)
        if request.method != "GET":
            self.left -= 1
            if self.left < 0:
                raise self.end("away")
        return answer


class Lab:
    """A rack with one application, whose cluster is in memory."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.cluster = desk, cluster()
        desk.writes(RACK)
        desk.release("hello")

    async def joined(self) -> None:
        with self.desk.house() as house:
            await remember(house, "lab", Hidden("not read"))

    async def apply(self, line: httpx.AsyncBaseTransport) -> Outcome:
        with self.desk.house() as house:
            world = self._world(house, line)
            order = Apply(who="ada", what="apply", confirm=always, observer=Silent(), now=time.time)
            return await converge(world, order, rack="home", lock=house.paths.lock)

    async def left(self) -> list[str]:
        """What a plan would do now."""
        with self.desk.house() as house:
            world = self._world(house, self.line())
            return list(map(str, plan(world.wanted.resources, await world.look()).steps))

    def line(self, writes: int = 10_000, end: type[BaseException] = Killed) -> Line:
        return Line(self.cluster, writes, end)

    def _world(self, house: OpenRack, line: httpx.AsyncBaseTransport) -> World:
        def opened(place: Place, address: Any) -> Target:
            if place.kind != "kube":
                return house.open_place(place, address)
            server = Server(Access(server="http://lab"), line)
            print_of = Fingerprint(house.store)
            texts = house.store.text_of
            return Kube(
                place.name,
                rack="home",
                server=server,
                fingerprint=print_of,
                texts=texts,
                pace=BRISK,
            )

        return World(house.wanted_on_clusters(), house.store, opened)

    def state(self) -> dict[str, str]:
        """Every object that the rack wrote, but for whom the cluster made of it."""
        found = {}
        for kind in self.cluster.kinds().values():
            for each in self.cluster.store.all(kind.resource):
                metadata = each["metadata"]
                if "rackhouse.dev/stamp" in metadata.get("annotations", {}):
                    name = f"{kind.kind} {metadata.get('namespace', '')}/{metadata['name']}"
                    spec = {k: v for k, v in each.get("spec", {}).items() if k not in CHOSEN}
                    found[name] = json.dumps(spec, sort_keys=True)
        return found


@pytest.fixture
async def lab(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> AsyncIterator[Lab]:
    """With its controllers at work."""
    lab = Lab(Desk(tmp_path, capfd))
    await lab.joined()
    task = asyncio.create_task(drive(lab.cluster))
    yield lab
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _by_one_write_at_a_time(lab: Lab, end: type[BaseException]) -> int:
    """Applies that each end at their second write, until one has nothing more to do; how many."""
    for attempt in range(200):
        try:
            if (await lab.apply(lab.line(1, end))).ok and await lab.left() == []:
                return attempt
        except Killed:
            continue
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("end", [Killed, httpx.ConnectError])
async def test_whatever_ends_an_apply_the_next_one_goes_on(
    lab: Lab, end: type[BaseException]
) -> None:
    assert (await lab.apply(lab.line())).ok
    undisturbed = lab.state()
    assert len(undisturbed) > 8
    lab.desk.leaves("hello")
    assert await _by_one_write_at_a_time(lab, end) > 1
    assert (
        lab.state().keys() == {name for name in undisturbed if "PriorityClass" in name}
        or not lab.state()
    )
    lab.desk.release("hello")
    assert await _by_one_write_at_a_time(lab, end) > 1
    assert lab.state() == undisturbed
