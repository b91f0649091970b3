"""What is said beside a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rackhouse.app import score
from rackhouse.app.codec import encode
from rackhouse.app.model import Release, Runtime
from rackhouse.apply.clusters import join as join_cluster
from rackhouse.apply.joined import join
from rackhouse.apply.open import open_rack
from rackhouse.cli.hints import hints
from rackhouse.delivery.releases import register
from rackhouse.resources.core import Hidden, Id
from rackhouse.resources.place import Place
from rackhouse.resources.seen import Stamp
from rackhouse.store.protocol import ReleaseRow, ReleaseStatus

SCORE = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {web: {image: python:3.13, command: [serve]}}
resources: {db: {type: postgres}}
"""

FILE = f"""\
rack: test
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.0.0.1}}
  pi-2: {{role: agent, board: rpi5-8gb, disk: nvme, address: 10.0.0.2}}
  pi-3: {{role: agent, board: rpi5-8gb, disk: nvme, address: 10.0.0.3, owned: false}}
clusters:
  home:
    nodes: [pi-1, pi-2, pi-3]
    k3s: {{version: v1.34.1+k3s1, sums: {{arm64: {{program: {"0" * 64}}}}}}}
"""


def test_whom_a_cluster_waits_for_is_named_unless_nobody_has_it_yet(tmp_path: Path) -> None:
    file = tmp_path / "rack.yaml"
    file.write_text(FILE)
    house = open_rack(file, root=tmp_path / "home", now=datetime(2026, 1, 1, tzinfo=UTC))
    said = ["pi-1, pi-2 of home have not joined: `rackhouse hosts add pi-1`"]
    assert list(hints(house, ())) == said
    join(house.store, "pi-1", {"host": "10.0.0.1"})
    assert list(hints(house, ())) == ["pi-2 of home has not joined: `rackhouse hosts add pi-2`"]
    join(house.store, "pi-2", {"host": "10.0.0.2"})
    assert list(hints(house, ())) == []
    house.close()


async def test_what_does_not_go_along_to_a_cluster_is_said_beforehand(tmp_path: Path) -> None:
    file, root, now = tmp_path / "rack.yaml", tmp_path / "home", datetime(2026, 1, 1, tzinfo=UTC)
    file.write_text(
        "clusters: {lab: {}}\napplications: {hello: {repository: hello, cluster: lab}}\n"
    )
    house = open_rack(file, root=root, now=now)
    made = score.parse(SCORE)
    release = Release(number=1, digest="d", snapshot="s", runtime=Runtime.COMMAND)
    register(house.store, "hello")
    row = ReleaseRow(
        application="hello",
        number=1,
        status=ReleaseStatus.NEW,
        digest="d",
        app=encode(replace(made, uid="u", release=release)),
        made=0.0,
        by="test",
    )
    house.store.add_release(row)
    house.store.set_release_status("hello", 1, ReleaseStatus.LIVE)
    vault = house.open_place(Place(name="clusters", kind="vault"), {})
    await join_cluster(house.store, vault, "home", "lab", Hidden("a way in"))
    house.close()
    house = open_rack(file, root=root, now=now)
    assert list(hints(house, ())) == []  # it has never been here
    stamp = Stamp(rack="home", digest="d", owner="hello", found="f")
    house.store.put_stamp(Id("machine", "source", "hello@r1"), stamp)
    (said,) = hints(house, ())
    assert said.startswith(
        "hello begins anew on lab: what it has here does not go along (postgres)"
    )
    assert said.endswith("; before that: `rackhouse psql --dump hello`")
    house.close()


async def test_a_part_that_nothing_has_joined_and_what_has_no_release_are_named(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rack.yaml"
    file.write_text("clusters: {lab: {}}\napplications: {hello: {folder: web, cluster: lab}}\n")
    house = open_rack(file, root=tmp_path / "home", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert next(hints(house, (), "hosts")).startswith("no machine has joined yet: `rackhouse hosts")
    first, second = hints(house, (), "clusters")
    assert first.startswith("no cluster has joined yet: `rackhouse cluster add")
    assert second.startswith("hello: on this machine until lab has joined")
    vault = house.open_place(Place(name="clusters", kind="vault"), {})
    await join_cluster(house.store, vault, "home", "lab", Hidden("a way in"))
    said = ["hello is not on lab: it has no release yet; `rackhouse deploy web`"]
    assert list(hints(house, (), "clusters")) == said
    house.close()
