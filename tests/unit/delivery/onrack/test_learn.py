"""What was released on a cluster is what the rack's next apply goes on from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rackhouse.app import score
from rackhouse.app.codec import encode
from rackhouse.app.model import App
from rackhouse.apply.clusters import join
from rackhouse.apply.moved import note
from rackhouse.apply.open import OpenRack, live_apps, open_rack
from rackhouse.delivery.onrack.learn import learned
from rackhouse.delivery.onrack.records import Owner, Record, Records
from rackhouse.desired.kube import kube
from rackhouse.desired.kube.releasing import GRANTED, releasing
from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.kube import Secret
from rackhouse.store.protocol import ApplicationRow, ReleaseRow, ReleaseStatus
from rackhouse.targets.kube.kubeconfig import read
from rackhouse.targets.kube.server import Server
from rackhouse.targets.memory import MemoryTarget, MemoryWorld
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import Served, serve
from unit.delivery.onrack.place import HELLO, RACK, image, released

NOW = datetime.now(UTC)
SECRETS = "/api/v1/namespaces/hello/secrets"
MAPS = "/api/v1/namespaces/hello/configmaps"
MORE = score.parse(HELLO.replace("{type: secret}", "{type: secret}, db: {type: postgres}"))
RACK_FILE = """
rack: lab
clusters: {home: {}}
applications: {hello: {repository: hello, cluster: home}}
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve(Cluster(), tmp_path / "twin") as found:
        yield found


@pytest.fixture
async def house(served: Served, tmp_path: Path) -> OpenRack:
    """A rack that has brought r1 of hello to the cluster."""
    rack = tmp_path / "rack.yaml"
    rack.write_text(RACK_FILE)
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


def pushed(number: int) -> App:
    """As a push has brought it."""
    return released(HELLO, number, image(number + 5))


async def recorded(served: Served, text: str = "", **statuses: str) -> None:
    """On the cluster, by whoever released there: `text` where they say something else."""
    server = Server(read(served.kubeconfig()))
    spaces = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hello"}}
    await server.ask("POST", "/api/v1/namespaces", body=spaces, fine=(409,))
    made = await server.ask("GET", "/api/v1/namespaces/hello")
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": GRANTED}}
    await server.ask("POST", SECRETS, body={**secret, "stringData": granted()}, fine=(409,))
    records = Records(server, "hello", Owner("hello", made["metadata"]["uid"], kind="Namespace"))
    for tag, status in statuses.items():
        number = int(tag[1:])
        record = Record(
            number=number,
            status=ReleaseStatus(status),
            text=text or encode(pushed(number)),
            made=2.0,
            by="push main",
        )
        await records.add(record)
    await server.close()


def granted() -> dict[str, str]:
    """What the rack's apply said of r1 there."""
    app = released(HELLO, 1)
    found = releasing(RACK, [app], kube(RACK, [app], {"hello.key"}), {"hello.key"})
    (spec,) = [it.spec for it in found if isinstance(it.spec, Secret)]
    values = {ref: Hidden("7") for _, text in spec.values for ref in text.refs}
    return {key: text.fill(values) for key, text in spec.values}


async def asked(served: Served, method: str, path: str, body: Any = None) -> Any:
    """By a hand."""
    server = Server(read(served.kubeconfig()))
    try:
        return await server.ask(method, path, body=body)
    finally:
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
    assert release.snapshot == "releases/hello/r2"
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
    found = await learned(house, NOW)
    assert found.apps == house.apps
    assert numbers(house) == {1: "live"}
    assert list(found.unheard) == ["kube.home"]


async def test_a_plan_does_not_touch_what_could_not_be_asked(
    house: OpenRack, served: Served
) -> None:
    """It was away for a moment: what was pushed there is not known, and serves on."""
    house.store.choose(Id("vault", "given", "hello.key"), lambda: {"value": "x"})
    apps = live_apps(house.store, NOW)
    deaf = replace(house, apps=apps, unheard={"kube.home": "it did not answer"})
    plan = await deaf.plan(deaf.wanted_on_clusters())
    assert not [step for step in plan.steps if step.id.target == "kube.home"]
    assert [(note.about, note.text) for note in plan.notes] == [("kube.home", "it did not answer")]


FORGED = {
    "a need": (encode(replace(pushed(2), needs=MORE.needs)), "it was not granted: db (postgres)"),
    "an image": (encode(released(HELLO, 2, "nginx:1")), "is not what hello may run"),
    "no release": (encode(replace(pushed(2), release=None)), "it has no release"),
    "no containers": (encode(replace(pushed(2), containers=())), ""),
    "no application": ("[1]", "cannot be read"),
}


async def test_more_than_was_granted_is_not_learned(house: OpenRack, served: Served) -> None:
    for number, what in enumerate(FORGED, 2):
        text, why = FORGED[what]
        await recorded(served, text, **{f"r{number}": "live"})
        said: list[str] = []
        assert (await learned(house, NOW, said.append)) is house, what
        assert numbers(house) == {1: "live"}
        assert f"hello r{number} on its cluster is not learned" in said[0]
        assert why in said[0]


async def test_a_record_is_of_its_own_application_and_leads_nowhere(
    house: OpenRack, served: Served
) -> None:
    app = pushed(2)
    assert app.release is not None
    away = replace(app.release, snapshot="/etc", number=9)
    await recorded(served, encode(replace(app, name="other", uid="x", release=away)), r2="live")
    found = await learned(house, NOW)
    assert found.apps.keys() == {"hello"}
    hello = found.apps["hello"]
    assert hello.release is not None
    assert (hello.name, hello.uid) == ("hello", "uid-hello")
    assert (hello.release.number, hello.release.snapshot) == (2, "releases/hello/r2")


async def test_a_record_that_is_none_is_passed_over(house: OpenRack, served: Served) -> None:
    await recorded(served, r2="live")
    whole = (await asked(served, "GET", f"{MAPS}/release-r2"))["data"]
    strange = [("number", "x"), ("status", "odd"), ("made", "nan"), ("number", "9" * 30)]
    for number, (key, value) in enumerate(strange, 3):
        labels = {"rackhouse.dev/record": "release"}
        forged = {"metadata": {"name": f"release-r{number}", "labels": labels}}
        data = {**whole, "number": str(number), key: value}
        await asked(served, "POST", MAPS, {**forged, "data": data})
    said: list[str] = []
    await learned(house, NOW, said.append)
    assert numbers(house) == {1: "old", 2: "live"}
    assert said[-1] == "hello: release-r6 is no record of a release, and is passed over"
    assert len(said) == len(strange)


async def test_where_the_rack_granted_nothing_nothing_is_learned(
    house: OpenRack, served: Served
) -> None:
    await recorded(served, r2="live")
    await asked(served, "DELETE", f"{SECRETS}/{GRANTED}")
    assert (await learned(house, NOW)) is house


async def test_what_the_rack_file_has_on_no_cluster_is_not_learned(
    house: OpenRack, served: Served
) -> None:
    await recorded(served, r2="live")
    assert (await learned(replace(house, rack=RACK), NOW)).apps == house.apps
    assert numbers(house) == {1: "live"}


async def test_no_number_of_the_cluster_is_taken_again(house: OpenRack, served: Served) -> None:
    await recorded(served, r1="live", r4="failed")
    await learned(house, NOW)
    row = house.store.releases("hello")[0]
    assert house.store.add_release(replace(row, number=0, status=ReleaseStatus.NEW)).number == 5


async def test_a_number_that_both_have_taken_is_the_clusters(
    house: OpenRack, served: Served
) -> None:
    mine = replace(house.store.releases("hello")[0], number=2, status=ReleaseStatus.FAILED)
    house.store.add_release(mine)
    await recorded(served, r1="old", r2="live")
    found = await learned(house, NOW)
    assert numbers(house) == {1: "old", 2: "live"}
    release = found.apps["hello"].release
    assert release is not None
    assert release.image == image(7)


async def test_clusters_are_asked_beside_each_other(house: OpenRack) -> None:
    """Two that are silent until both were called: one after the other, neither would speak."""
    called, both = [0], asyncio.Event()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called[0] += 1
        if called[0] == 2:
            both.set()
        await both.wait()
        writer.close()

    servers = [await asyncio.start_server(hang_up, "127.0.0.1", 0) for _ in range(2)]
    vault = MemoryTarget(MemoryWorld(), "clusters")
    for name, server in zip(("home", "lab"), servers, strict=True):
        port = server.sockets[0].getsockname()[1]
        text = Served(f"https://127.0.0.1:{port}", "").kubeconfig()
        await join(house.store, vault, "lab", name, Hidden(text))
    note(house.store, {"hello": "home", "other": "lab"})
    first = house.rack.applications[0]
    entries = (first, replace(first, name="other", cluster="lab"))
    async with asyncio.timeout(20):
        found = await learned(replace(house, rack=replace(house.rack, applications=entries)), NOW)
    assert found.unheard.keys() == {"kube.home", "kube.lab"}
    for server in servers:
        server.close()


def served_nowhere() -> str:
    return Served("https://127.0.0.1:1", "").kubeconfig()
