"""Previews as people and jobs type them: shown beside the live one, in no plan, and gone."""

from __future__ import annotations

import json

import pytest

from e2e.cluster_desk import Desk
from e2e.test_cluster_broker import at, jobs
from e2e.test_cluster_release import DEPLOYMENT, folder, greeting
from rackhouse.desired.kube.platform import BROKER
from rackhouse.desired.platform.pins import UNPINNED
from rackhouse.desired.platform.previews import previews
from rackhouse.desired.platform.space import Space
from rackhouse.rack.load import load
from rackhouse.resources.kube import Object

__all__ = ["at", "jobs"]
pytestmark = pytest.mark.slow
RBAC = "/apis/rbac.authorization.k8s.io/v1"
PATHS = {
    "ClusterRole": f"{RBAC}/clusterroles",
    "ClusterRoleBinding": f"{RBAC}/clusterrolebindings",
}
THERE = "/api/v1/namespaces/try--hello"


@pytest.fixture(autouse=True)
def _may_open(at: Desk) -> None:
    """What the rack's apply gives the broker on a cluster of its own machines."""
    rack = load("rack: home\ndata: {postgres: none}\nclusters: {lab: {}}\n")
    space = Space(rack=rack, cluster="lab", pins=UNPINNED, namespace=BROKER.namespace)
    for it in previews(space):
        if isinstance(it.spec, Object) and it.spec.kind in PATHS:
            at.makes("lab", PATHS[it.spec.kind], json.loads(str(it.spec.body)))


def test_a_branch_of_a_job_is_shown_beside_the_live_one(at: Desk) -> None:
    show = f"release {folder(at, 'two')} --preview try"
    assert "try--hello r1 is live" in at.run(show)
    assert "try--hello r2 is live" in at.run(show)
    assert greeting(at) == "one"
    shown = at.ask("lab", DEPLOYMENT.replace("/hello/", "/try--hello/"))
    assert "two" in json.dumps(shown["spec"])
    at.settled()
    assert "try--hello: a preview, until 2" in at.run("cluster list")
    at.joins("lab")  # again, as with another kubeconfig
    assert "try--hello leaves, with its data" in at.run(f"{show} --close")
    assert "there is no preview of try" in at.run(f"{show} --close")


def test_the_racks_owner_shows_one_without_a_broker(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RACKHOUSE_BROKER")
    show = f"release {folder(at, 'two')} --preview try"
    assert "try--hello r1 is live" in at.run(show)
    assert "try--hello leaves" in at.run(f"{show} --close")
    assert "--preview BRANCH goes with --close" in at.run(f"{show} --grant", code=64)
