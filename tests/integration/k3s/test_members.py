"""A node's name is freed by another server; a node that leaves does not take the majority along.

Processes of the fake on this machine, the very scripts that machines are sent.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

from fakes.k3s.cluster import Cluster, Machine, cluster
from rackhouse.kit.errors import Refused, Unavailable
from rackhouse.targets.k3s import servers
from rackhouse.targets.k3s.servers import Servers
from rackhouse.transport.address import Address
from rackhouse.transport.local import Local, LocalChannel
from unit.desired import clusters


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(clusters.rack(3, 1), tmp_path) as made:
        yield made


@dataclass
class Entered(Local):
    """One of the machines."""

    cluster: Cluster
    machine: Machine

    def __post_init__(self) -> None:
        super().__init__(("env", f"K3S_CONFIG_FILE={self.machine.config}"))

    async def open(self, argv: Sequence[str]) -> LocalChannel:
        """With its own places for those of a real machine."""
        return await super().open([self.cluster.here(word, self.machine) for word in argv])


def _servers(made: Cluster, forgotten: Sequence[str] = ()) -> Servers:
    async def connect(address: Address) -> Entered:
        return Entered(made, made[address.host])

    names = [name for name in made.machines if name.startswith("s-")]
    machines = {name: Address(host=name) for name in made.machines if name not in forgotten}
    return Servers(machines, names, connect, list(made.machines))


async def test_a_machine_shows_whether_it_was_in_a_cluster(made: Cluster) -> None:
    made.start("s-1")
    assert await _servers(made).knows_its_cluster("s-1")
    assert not await _servers(made).knows_its_cluster("a-1")


@pytest.mark.slow
async def test_what_a_dead_machine_left_is_deleted_and_the_new_one_joins(made: Cluster) -> None:
    made.start("s-1", "a-1")
    made["a-1"].stop()
    for folder in ("data", "node"):
        shutil.rmtree(made["a-1"].folder / folder)
    with pytest.raises(RuntimeError, match="duplicate hostname"):
        made.start("a-1")
    said = await _servers(made).delete("a-1")
    assert 'node "a-1" deleted' in said
    made.start("a-1")
    assert await _servers(made).delete("nobody") == ""


@pytest.mark.slow
async def test_what_still_runs_is_drained_first(made: Cluster) -> None:
    (made["s-1"].data / "server" / "manifests").mkdir(parents=True)
    made.start("s-1", "a-1")
    said = await _servers(made).delete("a-1")
    assert said.index("node/a-1 drained") < said.index('node "a-1" deleted')


@pytest.mark.slow
async def test_one_that_runs_and_was_forgotten_is_not_deleted_behind_its_back(
    made: Cluster,
) -> None:
    made.start("s-1", "a-1")
    with pytest.raises(Refused, match="a-1 is in the rack file and runs"):
        await _servers(made, ["a-1"]).delete("a-1")
    made["a-1"].stop()
    _until_not_ready(made, "a-1")
    assert 'node "a-1" deleted' in await _servers(made, ["a-1"]).delete("a-1")


async def test_where_no_cluster_has_begun_there_is_nothing_to_free(made: Cluster) -> None:
    assert await _servers(made).delete("a-1") == ""


async def test_servers_that_do_not_answer_are_no_proof(
    made: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "PATIENCE", 0.0)
    made.start("s-1")
    made["s-1"].stop()
    with pytest.raises(Unavailable, match="no server answers, so a-1 cannot be deleted"):
        await _servers(made).delete("a-1")


@pytest.mark.slow
def test_a_server_does_not_leave_those_that_could_not_go_on(made: Cluster) -> None:
    made.start("s-1", "s-2", "s-3")
    made["s-3"].stop()
    _until_not_ready(made, "s-3")
    left = made["s-2"].depart()
    assert left.returncode == 1
    assert "only 1 of the other 2 servers are up" in left.stderr
    made.start("s-3")
    left = made["s-2"].depart()
    assert left.returncode == 0, left.stderr
    assert 'node "s-2" deleted' in left.stdout
    refused = made["s-2"].node("guard")
    assert (refused.returncode, "has left its cluster" in refused.stderr) == (1, True)
    assert made["s-3"].depart().returncode == 0  # one of two, while both are up
    assert "the last server leaves" in made["s-1"].depart().stdout


@pytest.mark.slow
def test_a_server_that_runs_and_is_not_answered_keeps_its_vote(made: Cluster) -> None:
    made.start("s-1", "s-2")
    made["s-1"].stop()
    made["s-2"].stop()
    assert "does not run: leaving without asking" in made["s-2"].depart().stdout
    tool = made["s-2"].folder / "bin" / "systemctl"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\n")  # whatever is asked: it is active
    tool.chmod(0o755)
    left = made["s-2"].depart()
    assert left.returncode == 1
    assert "the cluster does not answer, so s-2 cannot give its vote away" in left.stderr


@pytest.mark.slow
def test_a_server_that_was_deleted_comes_back_unless_it_is_marked(made: Cluster) -> None:
    """As K3s does; this is what the mark is for."""
    made.start("s-1", "s-2", "s-3")
    assert made["s-1"].kubectl("delete", "node", "s-2").returncode == 0
    process = made["s-2"].process
    assert process is not None
    assert process.wait(timeout=20) == 1
    made.start("s-2")
    assert "s-2 Ready" in made["s-1"].kubectl("get", "nodes").stdout


@pytest.mark.slow
def test_a_drain_that_is_refused_stops_it(made: Cluster) -> None:
    """Without the role that lets a kubelet drain."""
    made.start("s-1", "a-1")
    left = made["a-1"].depart()
    assert left.returncode == 1
    assert "daemonsets.apps is forbidden" in left.stderr


def _until_not_ready(made: Cluster, name: str) -> None:
    end = monotonic() + 30
    while f"{name} Ready" in made["s-1"].kubectl("get", "nodes").stdout:
        assert monotonic() < end
        sleep(0.2)
