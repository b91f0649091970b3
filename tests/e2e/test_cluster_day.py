"""A day with a cluster: it joins, applications come, change, are changed by hand, and leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster_desk import Desk, desk

RACK = """
rack: home
clusters: {lab: {}, edge: {}}
applications:
  hello: {repository: hello, cluster: lab}
  other: {repository: other, cluster: edge}
"""
CLAIM = "kube.lab/PersistentVolumeClaim/hello.data"
KEEPS = """
apiVersion: score.dev/v1b1
metadata: {name: hello, annotations: {rackhouse.dev/schedule: "0 4 * * *"}}
containers:
  tidy:
    image: docker.io/library/nginx:1.29.3
    volumes: {/data: {source: "${resources.data}"}}
resources: {data: {type: volume}}
"""
DEPLOYMENT = "/apis/apps/v1/namespaces/hello/deployments/web"


@pytest.fixture
def at(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with desk(tmp_path, capfd, "lab", "edge") as made:
        made.writes(RACK)
        made.release("hello")
        yield made


def test_an_application_comes_and_what_is_changed_by_hand_is_mended(at: Desk) -> None:
    at.joins("lab")
    said = at.run("plan --only clusters", code=2)
    assert "+ kube.lab hello, " in said
    assert "Deployment web" in said
    assert "done" in at.apply()
    at.edits("lab", DEPLOYMENT, {"spec": {"replicas": 3}})
    assert "changed by hand: spec.replicas: 1 -> 3" in at.run("plan --only clusters", code=2)
    at.apply()
    at.settled()
    assert at.ask("lab", DEPLOYMENT)["spec"]["replicas"] == 1


@pytest.mark.slow
def test_it_changes_is_shown_and_leaves(at: Desk) -> None:
    said = at.run("plan --only clusters")
    assert "hello: on this machine until lab has joined: `rackhouse cluster add lab`" in said
    at.joins("lab")
    at.apply()
    row = at.json("cluster list")[0]
    assert (row["cluster"], row["answers"], row["ready"]) == ("lab", True, 1)
    assert row["applications"] == [{"application": "hello", "why": "", "url": ""}]
    status = at.json("status", code=2)  # nothing runs on this machine
    app = next(each for each in status["applications"] if each["name"] == "hello")
    assert (app["phase"], app["cluster"]) == ("ready", "lab")
    assert status["clusters"][0]["applications"] == row["applications"]

    at.release("hello", said="good evening")
    assert "hello -> good evening" in at.run("plan --only clusters --diff", code=2)
    at.apply()
    at.settled()

    at.makes("lab", "/api/v1/namespaces", {"metadata": {"name": "strangers"}})
    at.leaves("hello")
    assert "- kube.lab hello, " in at.run("plan --only clusters", code=2)
    at.apply()
    at.settled()
    assert at.ask("lab", DEPLOYMENT) is None
    assert at.ask("lab", "/api/v1/namespaces/hello") is None
    assert at.ask("lab", "/api/v1/namespaces/strangers")


@pytest.mark.slow
def test_each_cluster_has_its_own_and_what_is_on_one_that_is_forgotten_stays(at: Desk) -> None:
    at.release("other")
    at.joins("lab")
    at.joins("edge")
    at.apply()
    at.settled()
    assert at.ask("edge", "/api/v1/namespaces/hello") is None
    assert at.ask("lab", "/api/v1/namespaces/other") is None
    assert at.ask("edge", "/api/v1/namespaces/other")
    at.run("cluster forget edge")
    at.settled()
    assert at.ask("edge", "/api/v1/namespaces/other"), "what is on it stays"


@pytest.mark.slow
def test_data_stays_when_its_application_leaves_until_it_is_purged(at: Desk) -> None:
    at.joins("lab")
    at.release("hello", score=KEEPS)
    at.apply()
    at.settled()
    at.leaves("hello")
    at.apply()
    said = at.run("plan --only clusters --kept")
    assert f"= {CLAIM}: data; remove it with --purge" in said
    assert f"= kube.lab/Namespace/hello: still used by {CLAIM}" in said
    at.run(f"apply --only clusters --yes --purge {CLAIM}")
    assert at.ask("lab", "/api/v1/namespaces/hello") is None
    at.settled()
