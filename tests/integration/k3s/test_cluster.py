"""The files of a rack, read by a program that behaves as K3s does; and the node's own script."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.k3s.cluster import Cluster, cluster
from unit.desired import clusters

NEXT_MINOR, NEXT_PATCH = "v1.35.0+k3s1", "v1.34.2+k3s1"


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(clusters.rack(3, 1), tmp_path) as made:
        yield made


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(clusters.rack(1), tmp_path) as made:
        made.start("s-1")
        yield made


@pytest.mark.slow
def test_three_servers_and_an_agent_form_a_cluster_and_are_upgraded(three: Cluster) -> None:
    names = ["s-1", "s-2", "s-3", "a-1"]
    manifests = three["s-1"].data / "server" / "manifests"
    manifests.mkdir(parents=True)
    (manifests / "rackhouse-drain.yaml").touch()
    three.start(*names)
    assert _nodes(three) == dict.fromkeys(names, "v1.34.1+k3s1")

    three.write(clusters.rack(3, 1, version=NEXT_MINOR))
    for name in names:
        machine = three[name]
        assert machine.node("ready", NEXT_MINOR).returncode == 1
        left = machine.node("leave", NEXT_MINOR)
        assert left.returncode == 0, left.stderr
        assert f"node/{name} drained" in left.stdout
        assert machine.node("leave", NEXT_MINOR).returncode == 0  # a kill, and again
        assert _cordoned(three) == {name}
        three.start(name)
        ready = machine.node("ready", NEXT_MINOR)
        assert ready.returncode == 0, ready.stderr
        assert machine.node("return").returncode == 0
        assert _cordoned(three) == set()
    assert _nodes(three) == dict.fromkeys(names, NEXT_MINOR)
    assert [name for name in names if _snapshots(three, name)] == ["s-1"]


def test_without_a_majority_nothing_is_ready(three: Cluster) -> None:
    three.start("s-1", "s-2", "s-3")
    three["s-2"].stop()
    assert three["s-1"].kubectl("get", "--raw=/readyz").returncode == 0
    three["s-3"].stop()
    assert "no leader" in three["s-1"].kubectl("get", "--raw=/readyz").stderr
    assert three["s-1"].node("ready", "v1.34.1+k3s1").returncode == 1


def test_a_founder_without_data_begins_no_second_cluster(three: Cluster) -> None:
    first = three["s-1"]
    assert first.node("guard").returncode == 0  # nobody there
    three.start("s-1", "s-2")
    assert first.node("guard").returncode == 0  # its own data
    first.stop()
    (first.data / "server" / "db").rename(first.folder / "lost")
    refused = first.node("guard")
    assert refused.returncode == 1
    assert "it would begin another" in refused.stderr


def test_what_a_join_is_refused_for(three: Cluster) -> None:
    three.start("s-1")
    second, agent = three["s-2"], three["a-1"]
    (agent.folder / "etc" / "token").write_text("another")
    with pytest.raises(RuntimeError, match="token is not valid"):
        three.start("a-1")
    (second.folder / "etc" / "token").write_text("agent")  # an agent's makes no server
    with pytest.raises(RuntimeError, match="token is not valid"):
        three.start("s-2")
    (second.folder / "etc" / "token").write_text("server")
    three.write(clusters.rack(3, 1, more="disable: [traefik]"))
    with pytest.raises(RuntimeError, match="mismatch between servers: disable"):
        three.start("s-2")
    agent.config.write_text(agent.config.read_text().replace('"a-1"', '"s-1"'))
    with pytest.raises(RuntimeError, match="duplicate hostname"):
        three.start("a-1")
    agent.config.write_text(agent.config.read_text() + "tls-san: []\n")
    with pytest.raises(RuntimeError, match="not defined: -tls-san"):
        three.start("a-1")


def test_a_machine_with_a_new_card_joins_when_the_old_node_is_deleted(three: Cluster) -> None:
    three.start("s-1", "a-1")
    three["a-1"].stop()
    shutil.rmtree(three["a-1"].data)
    shutil.rmtree(three["a-1"].folder / "node")
    with pytest.raises(RuntimeError, match="duplicate hostname"):
        three.start("a-1")
    assert three["s-1"].kubectl("delete", "node", "a-1").returncode == 0
    three.start("a-1")
    assert _nodes(three).keys() == {"s-1", "a-1"}


def test_a_patch_is_not_worth_a_drain(three: Cluster) -> None:
    three.start("s-1", "a-1")
    left = three["a-1"].node("leave", NEXT_PATCH)
    assert left.stdout == "node/a-1 cordoned\n"


def test_a_kubelet_may_drain_only_with_our_role(three: Cluster) -> None:
    three.start("s-1", "a-1")
    assert "daemonsets.apps is forbidden" in three["a-1"].node("leave", NEXT_MINOR).stderr


def test_who_was_cordoned_by_a_person_stays_so(three: Cluster) -> None:
    three.start("s-1", "a-1")
    assert three["s-1"].kubectl("cordon", "a-1").returncode == 0
    assert three["a-1"].node("leave", NEXT_PATCH).returncode == 0
    assert three["a-1"].node("return").returncode == 0
    assert _cordoned(three) == {"a-1"}


def test_a_server_that_is_down_is_uncordoned_by_another(three: Cluster) -> None:
    three.start("s-1", "s-2", "s-3")
    assert three["s-2"].node("leave", NEXT_PATCH).returncode == 0
    three["s-2"].stop()
    assert _cordoned(three) == {"s-2"}
    assert three["s-2"].node("return").returncode == 0
    assert _cordoned(three) == set()


@pytest.mark.slow
def test_no_server_leaves_while_another_is_away(three: Cluster) -> None:
    """One of three is no majority."""
    three.start("s-1", "s-2", "s-3")
    three["s-3"].stop()
    while ["s-3", "NotReady"] not in [row[:2] for row in _rows(three)]:
        time.sleep(0.2)
    left = three["s-1"].node("leave", NEXT_PATCH)
    assert left.returncode == 1
    assert "not ready: s-3. With s-1 away too the cluster would lose its majority" in left.stderr
    assert _cordoned(three) == set()
    three.start("s-3")
    assert three["s-1"].node("leave", NEXT_PATCH).returncode == 0


def test_what_does_not_answer_may_be_restarted(one: Cluster) -> None:
    one["s-1"].stop()
    left = one["s-1"].node("leave", NEXT_MINOR)
    assert left.returncode == 0
    assert "does not answer" in left.stdout


def test_the_state_of_one_server_is_copied_while_it_runs(one: Cluster) -> None:
    left = one["s-1"].node("leave", NEXT_MINOR)
    assert left.returncode == 0, left.stderr
    assert "cordon" not in left.stdout
    copy = one["s-1"].data / "server/db/snapshots/before-leaving-v1.34.1-k3s1.db"
    assert copy.stat().st_mode & 0o777 == 0o600
    database = sqlite3.connect(copy)
    assert database.execute("SELECT count(*) FROM kine").fetchone() == (1,)
    database.close()


@pytest.mark.slow
def test_one_server_grows_to_three_with_what_it_knows(tmp_path: Path) -> None:
    with cluster(clusters.rack(3), tmp_path) as made:
        made.write(clusters.rack(1))
        made.start("s-1")
        made["s-1"].kubectl("cordon", "s-1")
        made.write(clusters.rack(3))
        with pytest.raises(RuntimeError, match="keeps SQLite"):
            made.start("s-2")
        made.start("s-1", "s-2", "s-3")
        assert _cordoned(made) == {"s-1"}


def _nodes(made: Cluster) -> dict[str, str]:
    rows = _rows(made)
    assert all(state.startswith("Ready") for _, state, _, _ in rows)
    return {name: version for name, _, _, version in rows}


def _cordoned(made: Cluster) -> set[str]:
    return {name for name, state, _, _ in _rows(made) if state.endswith(",SchedulingDisabled")}


def _rows(made: Cluster) -> list[list[str]]:
    return [row.split() for row in made["s-1"].kubectl("get", "nodes").stdout.splitlines()]


def _snapshots(made: Cluster, name: str) -> list[Path]:
    return list((made[name].data / "server" / "db" / "snapshots").glob("before-leaving-v1.34.1-*"))
