"""Applications on this machine and on clusters: who is where, and when one goes over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rackhouse.app.codec import encode
from rackhouse.app.model import Need, ResourceType
from rackhouse.app.sources import read_source
from rackhouse.apply.clusters import join, joined, leave, note_moved
from rackhouse.apply.moved import moved, note_reached
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.delivery.releases import candidate, register
from rackhouse.desired.clusters import clusters, sides
from rackhouse.kit.errors import Refused
from rackhouse.plan.planner import plan
from rackhouse.plan.step import Verb
from rackhouse.rack.load import load
from rackhouse.resources.clusters import kubeconfig_id
from rackhouse.resources.core import Hidden, Id, Resource
from rackhouse.resources.place import Place, Wanted
from rackhouse.resources.seen import Observed, Seen, Stamp
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus
from rackhouse.targets.vault.by_hand import give
from unit.plan.made import all_made

RACK = """
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab}
"""
FILE = """
apiVersion: score.dev/v1b1
metadata: {name: NAME}
containers:
  web: {image: "IMAGE", command: [serve]}
service: {ports: {web: {port: 80, targetPort: 8080}}}
"""
PUSHED = "git.rack.localhost/home/hello@sha256:" + "1" * 64


@pytest.fixture
def house(tmp_path: Path) -> Iterator[OpenRack]:
    """`hello`, which is to be on the cluster, and `other`, which is not; both were pushed."""
    (tmp_path / "rack.yaml").write_text(RACK)
    with _opened(tmp_path) as made:
        for name in ("hello", "other"):
            _live(made, tmp_path, name, image=PUSHED)
    with _opened(tmp_path) as made:
        yield made


@contextmanager
def _opened(folder: Path) -> Iterator[OpenRack]:
    house = open_rack(folder / "rack.yaml", root=folder / "home", now=datetime.now(UTC))
    try:
        yield house
    finally:
        house.close()


def _live(house: OpenRack, folder: Path, name: str, *, image: str, container: str = ".") -> None:
    source = folder / name
    source.mkdir(exist_ok=True)
    (source / "score.yaml").write_text(FILE.replace("NAME", name).replace("IMAGE", container))
    register(house.store, name)
    app = candidate(house.store, read_source(source), name)
    assert app.release is not None
    app = replace(app, release=replace(app.release, image=image))
    row = ReleaseRow(
        application=name,
        number=app.release.number if app.release else 1,
        status=ReleaseStatus.NEW,
        digest="d",
        app=encode(app),
        made=0.0,
        by="test",
    )
    stamp = Stamp(rack=house.rack.name, digest="d", owner=name, found="f")
    house.store.put_stamp(Id("machine", "source", f"{name}@r{row.number}"), stamp)
    made = house.store.add_release(row)
    house.store.set_release_status(name, made.number, ReleaseStatus.LIVE)


async def _join(house: OpenRack, text: str = "a way in") -> None:
    vault = house.open_place(Place(name="clusters", kind="vault"), {})
    await join(house.store, vault, house.rack.name, "lab", Hidden(text))


def _owners(wanted: Wanted, target: str) -> set[str]:
    return {it.owner for it in wanted.resources.values() if it.id.target == target} - {"rack"}


def test_nothing_is_elsewhere_before_a_cluster_has_joined(house: OpenRack) -> None:
    wanted = house.wanted_everywhere()
    assert _owners(wanted, "machine") == {"hello", "other"}
    assert wanted.resources == house.wanted().resources
    assert house.wanted_on_clusters().places == {}
    assert house.left_out == ()


async def test_it_goes_over_by_an_apply_of_both_sides(house: OpenRack) -> None:
    await _join(house)
    both = house.wanted_everywhere()
    assert _owners(both, "machine") == {"other"}
    assert _owners(both, "kube.lab") == {"hello"}
    assert {"machine", "vault", "clusters", "kube.lab"} <= set(both.places)
    assert _owners(house.wanted(), "machine") == {"hello", "other"}, "it serves here until then"
    assert _owners(house.wanted_on_clusters(), "kube.lab") == {"hello"}
    assert house.going == {"hello": "lab"}
    note_moved(house.store, both, ["lab"])
    assert house.going == {}
    assert moved(house.store) == {"hello": "lab"}
    house.store.drop_stamp(Id("machine", "source", "hello@r1"))
    assert _owners(house.wanted(), "machine") == {"other"}


async def test_it_is_made_there_before_it_leaves_here(house: OpenRack) -> None:
    before = house.wanted()
    seen = all_made(before.resources)
    await _join(house)
    steps = plan(house.wanted_everywhere().resources, Observed(seen=seen)).steps
    left = [step for step in steps if step.verb is Verb.DELETE and ".web@" in step.id.name]
    assert {step.id.kind for step in left} >= {"process"}
    made = Id("kube.lab", "Deployment", "hello.web")
    assert all(made in step.after for step in left if step.id.kind == "process")
    blind = Observed(seen=seen, blind={"kube.lab": "away"})
    assert not plan(house.wanted_everywhere().resources, blind).removals


async def test_it_is_there_though_something_waits_elsewhere(house: OpenRack) -> None:
    await _join(house)
    both, places = house.wanted_everywhere(), {"kube.lab": "lab"}
    seen = Observed(blind={"host.forge": "asleep"})
    note_reached(house.store, places, both, seen, {"kube.lab/Deployment/hello.web"})
    assert moved(house.store) == {}, "not before all of it is there"
    note_reached(house.store, places, both, Observed(blind={"kube.lab": "away"}), ())
    assert moved(house.store) == {}, "nobody has seen it"
    note_reached(house.store, places, both, seen, {"host.forge", "machine/process/hello.web@r1"})
    assert moved(house.store) == {"hello": "lab"}
    without = house.wanted(without=("hello",))
    assert "kube.lab" in without.places, "what is removed leaves where it is"
    kept = Id("kube.lab", "Database", "data.hello.db")
    stamp = Stamp(rack="home", digest="d", owner="hello", found="f", keep=True)
    left = {kept: Seen(id=kept, stamp=stamp, found="f")}
    note_reached(house.store, places, without, Observed(seen=left), ())
    assert moved(house.store) == {"hello": "lab"}, "its data is there"
    note_reached(house.store, places, without, Observed(blind={"kube.lab": "away"}), ())
    assert moved(house.store) == {"hello": "lab"}
    note_reached(house.store, places, without, Observed(), ())
    assert moved(house.store) == {}


async def test_a_release_of_what_is_there_is_planned_there(house: OpenRack) -> None:
    await _join(house)
    hello, other = house.apps["hello"], house.apps["other"]
    assert "kube.lab" in house.wanted({"hello": hello}).places
    assert "kube.lab" not in house.wanted({"other": other}).places
    note_moved(house.store, house.wanted_everywhere(), ["lab"])
    left = house.wanted(without=("hello",))
    assert "kube.lab" in left.places, "what is removed leaves where it is"
    assert _owners(left, "kube.lab") == set()


async def test_without_an_image_it_stays_and_it_is_said(house: OpenRack, tmp_path: Path) -> None:
    await _join(house)
    both = house.wanted_everywhere()
    _live(house, tmp_path, "hello", image="")
    with _opened(tmp_path) as again:
        (left_out,) = map(str, again.left_out)
        assert left_out.startswith("hello is not on lab: no registry has its image; push to")
        assert _owners(again.wanted_everywhere(), "machine") == {"hello", "other"}
        assert _owners(again.wanted_everywhere(), "kube.lab") == set()
    note_moved(house.store, both, ["lab"])
    with _opened(tmp_path) as again, pytest.raises(Refused, match="runs on lab, and no registry"):
        again.wanted()


async def test_what_is_there_stays_while_the_next_release_cannot_be_there(house: OpenRack) -> None:
    await _join(house)
    both = house.wanted_everywhere()
    note_moved(house.store, both, ["lab"])
    hello = house.apps["hello"]
    assert hello.release is not None
    unpushed = {"hello": replace(hello, release=replace(hello.release, number=9, image=""))}
    there = {id: it for id, it in both.resources.items() if id.target == "kube.lab"}
    wanted = house.wanted(unpushed).resources
    assert {id: it for id, it in wanted.items() if id.target == "kube.lab"} == there
    with pytest.raises(Refused, match="runs on lab, and no registry"):
        house.check_side(unpushed)
    house.check_side({"hello": hello, "other": house.apps["other"]})


async def test_whom_it_speaks_to_may_stay_as_it_is_there(tmp_path: Path) -> None:
    both = "{repository: other, cluster: lab}"
    (tmp_path / "rack.yaml").write_text(f"{RACK}  other: {both}\n")
    with _opened(tmp_path) as made:
        for name in ("hello", "other"):
            _live(made, tmp_path, name, image=PUSHED)
    with _opened(tmp_path) as house:
        await _join(house)
        note_moved(house.store, house.wanted_everywhere(), ["lab"])
        hello, other = house.apps["hello"], house.apps["other"]
        assert hello.release is not None
        assert other.release is not None
        speaks = Need(name="other", type=ResourceType.SERVICE)
        hello = replace(hello, needs=(speaks,), release=replace(hello.release, number=9))
        unpushed = replace(other, release=replace(other.release, number=9, image=""))
        found = house.wanted({"hello": hello, "other": unpushed}).resources
        tags = {
            owner: _release_of(found[Id("kube.lab", "Deployment", f"{owner}.web")])
            for owner in ("hello", "other")
        }
        assert tags == {"hello": "r9", "other": "r1"}
        house.check_side({"hello": hello})


def _release_of(resource: Resource[Any]) -> str:
    body = json.loads(str(resource.spec.body))
    tag: str = body["spec"]["template"]["metadata"]["annotations"]["rackhouse.dev/release"]
    return tag


async def test_what_is_on_a_cluster_that_is_forgotten_is_not_begun_here(house: OpenRack) -> None:
    await _join(house)
    note_moved(house.store, house.wanted_everywhere(), ["lab"])
    house.store.drop_stamp(Id("machine", "source", "hello@r1"))
    leave(house.store, "lab")
    assert _owners(house.wanted_everywhere(), "machine") == {"other"}


async def test_the_keys_that_a_person_set_are_those_that_it_waits_for(
    house: OpenRack, tmp_path: Path
) -> None:
    rack = load("""
nodes: {pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.0.0.1}}
clusters: {lab: {nodes: [pi-1]}}
applications: {hello: {repository: hello, cluster: lab}}
backups: {to: "s3://s3.elsewhere.example/rack"}
data: {postgres: {recover: {from: postgres, into: postgres-2}}}
""")
    await _join(house)
    needs = (Need(name="db", type=ResourceType.POSTGRES),)
    apps = {"hello": replace(house.apps["hello"], needs=needs)}
    for key in ("copies-access-key", "copies-secret-key"):
        (left,) = replace(house, rack=rack, apps=apps).left_out
        assert f"`rackhouse secret set postgres {key}`" in left.fix
        give(house.store, "postgres", key, "7")
    assert replace(house, rack=rack, apps=apps).left_out == ()


async def test_what_others_made_needs_no_push(house: OpenRack, tmp_path: Path) -> None:
    await _join(house)
    _live(house, tmp_path, "hello", image="", container="docker.io/library/nginx:1.29.3")
    with _opened(tmp_path) as again:
        assert again.left_out == ()
        assert _owners(again.wanted_everywhere(), "kube.lab") == {"hello"}


def test_only_a_cluster_of_own_machines_is_given_a_platform() -> None:
    file = """
nodes: {pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.0.0.1}}
clusters: {home: {nodes: [pi-1]}, lab: {}}
"""
    rack = load(file)
    wanted = clusters(rack, sides(rack, [], ["home", "lab"]), ())
    assert {"Cluster", "HelmChart", "Namespace"} <= {
        id.kind for id in wanted.resources if id.target == "kube.home"
    }
    assert not any(id.target == "kube.lab" for id in wanted.resources)
    assert {id.target for id in wanted.resources} <= wanted.places.keys()
    needs = {need for it in wanted.resources.values() for need in it.before}
    assert needs <= wanted.resources.keys()


async def test_what_leads_there_is_hidden_and_known_to_be_there(house: OpenRack) -> None:
    await _join(house, "a way in")
    await _join(house, "another way in")
    assert {name: text.reveal() for name, text in joined(house.store).items()} == {
        "lab": "another way in"
    }
    wanted = house.wanted_everywhere()
    assert "way in" not in repr(wanted)
    async with house.world(wanted) as world:
        (seen,) = (await world.glance([kubeconfig_id("lab")])).seen.values()
    assert seen.ready
    assert seen.stamp is not None
    assert seen.stamp.found == seen.found
    leave(house.store, "lab")
    assert joined(house.store) == {}
    assert house.wanted_on_clusters().places == {}
