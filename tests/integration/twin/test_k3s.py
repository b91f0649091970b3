"""A cluster on machines that systemd booted: set up, upgraded, and nothing left to do.

What runs is not K3s but the fake of `tests/fakes/k3s`; files, units, order and SSH are real.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.k3s.release import release
from integration.twin.conftest import assert_gone
from rackhouse.apply.converge import Apply, converge
from rackhouse.apply.outcome import Outcome, Silent
from rackhouse.apply.targets import opener
from rackhouse.apply.world import World
from rackhouse.desired.hosts import hosts
from rackhouse.kit.paths import Paths
from rackhouse.kit.process import run_sync
from rackhouse.plan.planner import plan
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.rack.words import Role
from rackhouse.store.memory import MemoryStore
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down, up
from rackhouse.twin.node import enter, environment
from rackhouse.twin.reach import address
from rackhouse.twin.state import State

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
AUTHORITY = "-----BEGIN CERTIFICATE-----\n"
NAMES = ("pi-1", "pi-2", "pi-3", "pi-4")
FILE = """
network: {{vlans: {{cluster: {{id: 20, subnet: 10.20.20.0/24, virtual_ip: 10.20.20.5}}}}}}
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
  pi-2: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.12}}
  pi-3: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.13}}
  pi-4: {{role: agent, board: rpi4-4gb, disk: sd, address: 10.20.20.14}}
clusters:
  home:
    nodes: [pi-1, pi-2, pi-3, pi-4]
    k3s: {{version: {version}, source: {source}, sums: {{arm64: {{program: {sum}}}}}}}
"""


class Rig:
    """A twin of four machines, and what is remembered between two applies."""

    def __init__(self, home: Home, folder: Path, state: State) -> None:
        self.home, self.folder, self.state = home, folder, state
        self.store = MemoryStore()

    def world(self, rack: Rack) -> World:
        joined = {name: address(self.home, self.state, rack, name) for name in NAMES}
        paths = Paths(self.folder / "paths")
        wanted = hosts(rack, joined, authority=AUTHORITY)
        return World(wanted, self.store, opener("home", paths, self.store))

    async def apply(self, rack: Rack) -> Outcome:
        clock = itertools.count(1)
        order = Apply(
            who="ada",
            what="test",
            confirm=lambda _: True,
            observer=Silent(),
            now=lambda: float(next(clock)),
        )
        world = self.world(rack)
        try:
            return await converge(world, order, rack="home", lock=self.folder / "lock")
        finally:
            await world.close()

    async def steps(self, rack: Rack) -> list[str]:
        world = self.world(rack)
        try:
            found = plan(world.wanted.resources, await world.look())
            return [str(step) for step in found.steps]
        finally:
            await world.close()

    def on(self, name: str, *argv: str) -> str:
        done = run_sync(enter(self.home, name, argv), env=environment(), timeout=30)
        assert done.code == 0, done.err
        return done.out.strip()

    def nodes(self) -> list[tuple[str, str, str]]:
        """Name, state and version."""
        rows = self.on("pi-1", "/usr/local/bin/k3s", "kubectl", "get", "nodes").splitlines()
        return [(name, state, version) for name, state, _, version in map(str.split, rows)]

    def started(self) -> list[int]:
        """When K3s was up on each node, by the one clock that all have."""
        show = ("systemctl", "show", "--value", "-p", "ActiveEnterTimestampMonotonic")
        units = ["k3s", "k3s", "k3s", "k3s-agent"]
        return [int(self.on(name, *show, unit)) for name, unit in zip(NAMES, units, strict=True)]


def _rack(folder: Path, version: str) -> Rack:
    return load(FILE.format(version=version, source=folder, sum=release(folder, version)))


@pytest.fixture
def rig(root: Path, tmp_path: Path) -> Iterator[Rig]:
    home = Home(tmp_path / "rack")
    first = _rack(tmp_path / "other", "v1.33.0+k3s1")
    try:
        yield Rig(home, tmp_path, up(home, first, root, systemd=NAMES))
    finally:
        names = home.namespaces()
        down(home)
        assert_gone(home, names)


async def test_a_cluster_is_set_up_and_upgraded_one_node_after_the_other(rig: Rig) -> None:
    rack = _rack(rig.folder / "releases", "v1.34.1+k3s1")
    outcome = await rig.apply(rack)
    assert outcome.ok, outcome
    assert rig.nodes() == [(name, "Ready", "v1.34.1+k3s1") for name in NAMES]
    first = rig.started()
    assert first == sorted(first)
    names = rig.on("pi-4", "grep", "git.rack.localhost", "/etc/hosts").splitlines()
    assert [line.split()[0] for line in names] == [f"10.20.20.{end}" for end in (5, 11, 12, 13)]
    assert rig.on("pi-4", "cat", "/etc/rancher/k3s/authority.pem") == AUTHORITY.strip()
    assert 'username: "puller"' in rig.on("pi-4", "cat", "/etc/rancher/k3s/registries.yaml")
    assert await rig.steps(rack) == []

    rack = _rack(rig.folder / "releases", "v1.35.0+k3s1")
    rig.on("pi-2", "sh", "-c", "echo fail: a bad disk > /etc/rancher/k3s/fake")
    outcome = await rig.apply(rack)
    assert "a bad disk" in "\n".join(map(str, outcome.failed.values()))
    versions = ["v1.35.0+k3s1", "v1.34.1+k3s1", "v1.34.1+k3s1", "v1.34.1+k3s1"]
    assert [version for _, _, version in rig.nodes()] == versions
    assert not [state for _, state, _ in rig.nodes() if "SchedulingDisabled" in state]
    assert rig.started()[2:] == first[2:]

    rig.on("pi-2", "rm", "/etc/rancher/k3s/fake")
    outcome = await rig.apply(rack)
    assert outcome.ok, outcome
    assert rig.nodes() == [(name, "Ready", "v1.35.0+k3s1") for name in NAMES]
    second = rig.started()
    assert second == sorted(second)
    assert second[0] > first[-1]
    assert await rig.steps(rack) == []
    assert "before-leaving" in rig.on("pi-1", "ls", "/var/lib/rancher/k3s/server/db/snapshots")


async def test_a_server_and_an_agent_change_places(rig: Rig) -> None:
    rack = _rack(rig.folder / "releases", "v1.34.1+k3s1")
    assert (await rig.apply(rack)).ok
    roles = {"pi-2": Role.AGENT, "pi-4": Role.SERVER}
    nodes = tuple(replace(node, role=roles.get(node.name, node.role)) for node in rack.nodes)
    rack = replace(rack, nodes=nodes)
    outcome = await rig.apply(rack)
    assert outcome.ok, outcome
    assert [state for _, state, _ in rig.nodes()] == ["Ready"] * 4
    assert rig.on("pi-2", "systemctl", "list-unit-files", "k3s*", "--no-legend").split()[:2] == [
        "k3s-agent.service",
        "enabled",
    ]
    files = rig.on("pi-2", "ls", "/etc/rancher/k3s").split()
    assert files == ["authority.pem", "config.yaml", "registries.yaml", "token"]
    assert await rig.steps(rack) == []
