"""What was released on a cluster is what the rack's next apply goes on from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.app.codec import encode
from rackhouse.apply.clusters import join
from rackhouse.apply.moved import note
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.delivery.onrack.learn import learned
from rackhouse.delivery.onrack.records import Owner, Record, Records
from rackhouse.resources.core import Hidden
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from rackhouse.targets.memory import MemoryTarget, MemoryWorld
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import Served, serve
from unit.delivery.onrack.place import HELLO, image, released

NOW = datetime.now(UTC)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(Cluster(), tmp_path / "twin") as found:
        yield found


@pytest.fixture
async def house(served: Served, tmp_path: Path) -> OpenRack:
    """A rack that has brought r1 of hello to the cluster."""
    rack = tmp_path / "rack.yaml"
    rack.write_text("rack: lab\nclusters: {home: {}}\n")
    house = open_rack(rack, root=tmp_path / "state", now=NOW)
    vault = MemoryTarget(MemoryWorld(), "clusters")
    await join(house.store, vault, "lab", "home", Hidden(served.kubeconfig()))
    note(house.store, {"hello": "home"})
    house.store.put_application(ApplicationRow(name="hello", uid="uid-hello"))
    brought(house, 1)
    return house


def brought(house: OpenRack, number: int) -> None:
    """By the rack itself."""
    row = ReleaseRow(
        application="hello",
        number=number,
        status=ReleaseStatus.NEW,
        digest="",
        app=encode(released(HELLO, number)),
        made=1.0,
        by="release",
    )
    house.store.add_release(row)
    house.store.set_release_status("hello", number, ReleaseStatus.LIVE)


async def recorded(served: Served, **statuses: str) -> None:
    """On the cluster, by whoever released there."""
    server = Server(read(served.kubeconfig()))
    spaces = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello"}}
    await server.ask("POST", "/api/v1/namespaces", body=spaces)
    made = await server.ask("GET", "/api/v1/namespaces/hello")
    records = Records(server, "hello", Owner("hello", made["metadata"]["uid"], kind="Namespace"))
    for tag, status in statuses.items():
        number = int(tag[1:])
        text = encode(released(HELLO, number, image(number + 5)))
        record = Record(
            number=number, status=ReleaseStatus(status), text=text, made=2.0, by="push main"
        )
        await records.add(record)
    await server.close()


def numbers(house: OpenRack) -> dict[int, str]:
    return {row.number: row.status.value for row in house.store.releases("hello")}


async def test_a_release_of_the_cluster_is_live_here_too(house: OpenRack, served: Served) -> None:
    await recorded(served, r1="old", r2="live")
    found = await learned(house, NOW)
    assert numbers(house) == {1: "old", 2: "live"}
    release = found.apps["hello"].release
    assert release is not None
    assert release.image == image(7)
    assert (await learned(found, NOW)) is found


async def test_so_is_one_that_was_gone_back_to(house: OpenRack, served: Served) -> None:
    await recorded(served, r1="live", r2="old")
    brought(house, 2)
    await learned(house, NOW)
    assert numbers(house) == {1: "live", 2: "old"}


async def test_what_this_rack_has_made_since_is_newer(house: OpenRack, served: Served) -> None:
    await recorded(served, r1="old", r2="live")
    brought(house, 3)
    assert (await learned(house, NOW)) is house
    assert numbers(house) == {1: "old", 3: "live"}


async def test_a_cluster_that_is_away_teaches_nothing(house: OpenRack) -> None:
    gone = Hidden(served_nowhere())
    await join(house.store, MemoryTarget(MemoryWorld(), "clusters"), "lab", "home", gone)
    assert (await learned(house, NOW)) is house
    assert numbers(house) == {1: "live"}


def served_nowhere() -> str:
    return Served("https://127.0.0.1:1", "").kubeconfig()
