"""The commands of every day on an application that is on a cluster: they are the same ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.cluster_desk import SCORE, cluster
from e2e.conftest import Rack
from rackhouse.twin.kube.cluster import Cluster
from rackhouse.twin.kube.serving import serve

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rack")]

RACK = """
rack: test
data: {postgres: none, cache: none, objects: none}
clusters: {lab: {}}
applications:
  hello: {repository: hello, cluster: lab}
"""


def test_deploy_rollback_and_remove_are_about_the_cluster(
    fresh: Callable[..., Rack], tmp_path: Path
) -> None:
    rack, made = fresh(), cluster()
    rack.file.write_text(RACK)
    with serve(made, tmp_path / "server") as served:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(served.kubeconfig())
        rack.run("cluster", "add", "lab", "--kubeconfig", str(kubeconfig))
        for said in ("one", "two"):
            folder = rack.file.parent / "hello"
            folder.mkdir(exist_ok=True)
            score = SCORE.replace("NAME", "hello").replace("SAID", said)
            (folder / "score.yaml").write_text(score)
            rack.run("deploy", "./hello")
            assert _greeting(made) == said
        rack.run("plan", "--only", "clusters")
        rack.run("rollback", "hello")
        assert _greeting(made) == "one"
        hello = rack.app("hello")
        assert (hello["cluster"], hello["phase"], hello["release"]) == ("lab", "ready", 1)
        rack.run("status")
        rack.run("remove", "hello")
        assert made.store.get("namespaces", "", "hello") is None
        rack.run("plan", "--only", "clusters")


def _greeting(made: Cluster) -> str:
    found = made.store.get("deployments.apps", "hello", "web")
    assert found is not None
    (container,) = found["spec"]["template"]["spec"]["containers"]
    return next(each["value"] for each in container["env"] if each["name"] == "GREETING")
