"""Lane 3, as the console sees it: where a pod runs, of which release, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.docker.images import Tiny
from lanes.cluster import Cluster
from lanes.rack import Rack
from lanes.test_pods import app, image, resources
from rackhouse.console.cluster.looking import ask
from rackhouse.console.cluster.pod import detail
from rackhouse.console.cluster.reading import read

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
_SAYS = (
    '[/bin/sh, -c, "echo here I am; httpd -p 8080 -h /www;'
    " trap 'exit 0' TERM; while :; do sleep 0.2; done\"]"
)


async def test_a_pod_is_shown_on_its_node_with_its_log(cluster: Cluster, tmp_path: Path) -> None:
    rack = Rack("lane", cluster.control.kubeconfig, tmp_path, "lane")
    shown = app("shown", 1, _SAYS)
    cluster.import_image(Tiny("one"), image(shown))
    assert (await rack.apply(resources(shown))).ok
    text = cluster.control.kubeconfig.read_text()
    scene = read("lane", await ask(text))
    (node,) = scene.nodes
    (pod,) = (it for it in node.pods if it.owner == "shown")
    assert pod.told == "shown r1: ready"
    (rollout,) = (it for it in scene.rollouts if it.owner == "shown")
    assert (rollout.there, rollout.wanted, rollout.tone) == (1, 1, "good")
    found = await detail("lane", text, pod.namespace, pod.name)
    (container,) = found.containers
    assert (container.told, container.log) == ("running", "here I am")
    assert any("Successfully assigned" in it for it in found.told)
    assert (await rack.apply({})).ok
