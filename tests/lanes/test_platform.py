"""Lane 2: a real API server takes the platform, pods too, and our target applies it twice."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from lanes.control import ControlPlane
from lanes.controllers import Controllers
from lanes.processes import PATIENCE
from lanes.rack import Rack
from lanes.test_objects import pod_of, template_of
from rackhouse.desired.kube import cluster_of, kube
from rackhouse.desired.platform.build import platform, together
from rackhouse.desired.platform.copied import GIVEN
from rackhouse.resources.core import Id, Resource
from unit.desired.platform.cases import every_rack, manifests, with_models

pytestmark = pytest.mark.xdist_group("kubernetes")
_BY_CHARTS = {"ClusterIssuer", "HelmChart"}
# What pods cannot be asked for without.
_GROUND = ("Namespace", "PriorityClass", "ServiceAccount")
# K3s has it of its own; without it no pod that names it can be asked for.
_NVIDIA = {
    "apiVersion": "node.k8s.io/v1",
    "kind": "RuntimeClass",
    "metadata": {"name": "nvidia"},
    "handler": "nvidia",
}


def all_of_it(rack: Any) -> dict[Id, Resource[Any]]:
    return dict(together(kube(rack, (), GIVEN), platform(rack)))


@pytest.mark.parametrize("rack", [pytest.param(it, id=name) for name, it in every_rack()])
def test_every_object_and_pod_of_the_platform_is_taken(
    server: ControlPlane, controllers: Controllers, rack: Any
) -> None:
    hand, found = server.hand, manifests(all_of_it(rack))
    hand.apply(hand.path(_NVIDIA), _NVIDIA)
    ground = [it for it in found if it["kind"] in _GROUND]
    for each in sorted(found, key=lambda it: (it not in ground, it["kind"])):
        hand.apply(hand.path(each), each, **({} if each in ground else {"dryRun": "All"}))
    for each in found:
        if template := template_of(each):
            pod = pod_of(each, template)
            hand.ask("POST", hand.path(pod).rpartition("/")[0], pod, dryRun="All")
    for each in ground:
        hand.send("DELETE", hand.path(each))
    over = time.monotonic() + PATIENCE
    while any(hand.send("GET", hand.path(it)).is_success for it in ground):
        assert time.monotonic() < over, "what the test left does not leave"
        time.sleep(0.1)


def without_charts(rack: Any) -> dict[Id, Resource[Any]]:
    """Nobody is here who would install one, so that what needs it would wait for nothing."""
    found = {id: it for id, it in platform(rack).items() if id.kind not in _BY_CHARTS}
    return dict(together(kube(rack, (), ()), found))


@pytest.mark.slow
async def test_it_is_applied_twice_and_moved_and_leaves(
    server: ControlPlane, controllers: Controllers, tmp_path: Path
) -> None:
    outside, inside = (without_charts(with_models(it)) for it in ("docker", "k3s"))
    kept = {id for each in (outside, inside) for id in each}
    rack = Rack("home", server.kubeconfig, tmp_path, cluster_of(with_models("k3s")))
    for wanted in (outside, inside):
        done = await rack.apply(wanted)
        assert done.ok, done
        assert not (await rack.plan(wanted)).steps
    assert (await rack.apply({}, purge=kept)).ok
