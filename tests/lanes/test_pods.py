"""Lane 3: pods really run. A rollout waits, a bad release goes back, a preview expires."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from integration.docker.images import Tiny
from lanes.cluster import Cluster
from lanes.processes import PATIENCE
from lanes.rack import Rack
from rackhouse.app import score
from rackhouse.app.model import App, Release, Runtime
from rackhouse.desired.kube import kube
from rackhouse.kit.errors import CrashLoop, NotReady
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kubernetes")]
LANE = load("rack: lane\ndomain: lane.arpa\ndata: {postgres: none}\n")
_FILE = """
apiVersion: score.dev/v1b1
metadata: {{name: {name}}}
containers:
  web:
    image: .
    command: {command}
    readinessProbe: {{httpGet: {{path: /, port: 8080}}}}
    resources: {{limits: {{memory: 64Mi}}}}
service: {{ports: {{web: {{port: 80, targetPort: 8080}}}}}}
"""
# httpd itself does not heed TERM as a first process, and grace would be waited for.
_SERVES = (
    """[/bin/sh, -c, "httpd -p 8080 -h /www; trap 'exit 0' TERM; while :; do sleep 0.2; done"]"""
)
_ENDS = '[/bin/sh, -c, "echo no database at all; exit 3"]'


def app(name: str, number: int, command: str = _SERVES) -> App:
    made = score.parse(_FILE.format(name=name, command=command))
    release = Release(
        number=number, digest=f"{number:016x}", snapshot=name, runtime=Runtime.COMMAND
    )
    return replace(made, uid=f"uid-{name}", release=release)


def resources(*apps: App) -> dict[Id, Resource[Any]]:
    return dict(kube(LANE, list(apps), ()))


def image(of: App) -> str:
    assert of.release is not None
    return f"git.lane.arpa/lane/{of.name}:{of.release.tag}"


@pytest.fixture
def rack(cluster: Cluster, tmp_path: Path) -> Rack:
    return Rack("lane", cluster.control.kubeconfig, tmp_path, "lane")


def pods(cluster: Cluster, namespace: str) -> list[Any]:
    found = cluster.control.hand.ask("GET", f"/api/v1/namespaces/{namespace}/pods")
    return [it for it in found["items"] if not it["metadata"].get("deletionTimestamp")]


def page(cluster: Cluster, namespace: str) -> str:
    """What the one pod serves to its neighbours, once others have gone."""
    end = time.monotonic() + PATIENCE
    while len(found := pods(cluster, namespace)) != 1 or "podIP" not in found[0]["status"]:
        assert time.monotonic() < end, found
        time.sleep(0.2)
    address = found[0]["status"]["podIP"]
    return cluster.ground.run("busybox", "wget", "-qO-", f"http://{address}:8080/").strip()


async def test_a_release_serves_when_apply_is_done_and_the_next_takes_over(
    cluster: Cluster, rack: Rack
) -> None:
    first, second = app("page", 1), app("page", 2)
    cluster.import_image(Tiny("one"), image(first))
    cluster.import_image(Tiny("two"), image(second))
    assert (await rack.apply(resources(first))).ok
    assert page(cluster, "page") == "one"
    assert (await rack.apply(resources(second))).ok
    assert page(cluster, "page") == "two"
    assert not (await rack.plan(resources(second))).steps
    assert (await rack.apply({})).ok
    assert not cluster.control.hand.send("GET", "/api/v1/namespaces/page").is_success


async def test_a_release_that_ends_goes_back_and_says_its_last_words(
    cluster: Cluster, rack: Rack
) -> None:
    good, bad = app("fragile", 1), app("fragile", 2, _ENDS)
    cluster.import_image(Tiny("good"), image(good), image(bad))
    assert (await rack.apply(resources(good))).ok
    done = await rack.apply(resources(bad))
    (error,) = [it for it in done.failed.values() if isinstance(it, CrashLoop)]
    assert "no database at all" in str(error)
    assert "what was before is back" in str(error)
    assert page(cluster, "fragile") == "good"
    assert (await rack.apply({})).ok


async def test_an_image_that_the_registry_lacks_is_named(cluster: Cluster, rack: Rack) -> None:
    absent = app("absent", 7)
    done = await rack.apply(resources(absent))
    (error,) = [it for it in done.failed.values() if isinstance(it, NotReady)]
    assert f"{image(absent)} cannot be pulled" in str(error)
    assert "not found" in str(error)
    assert (await rack.apply({})).ok


async def test_a_preview_is_a_namespace_that_goes_when_it_expires(
    cluster: Cluster, rack: Rack
) -> None:
    live, preview = app("shop", 1), replace(app("shop-blue", 1), expires=date(2026, 1, 31))
    cluster.import_image(Tiny("shop"), image(live), image(preview))

    def on(day: date) -> dict[Id, Resource[Any]]:
        """As `open_rack` loads them."""
        return resources(*(it for it in (live, preview) if not it.expired(day)))

    assert (await rack.apply(on(date(2026, 1, 31)))).ok
    assert page(cluster, "shop-blue") == "shop"
    assert (await rack.apply(on(date(2026, 2, 1)))).ok
    assert not cluster.control.hand.send("GET", "/api/v1/namespaces/shop-blue").is_success
    assert page(cluster, "shop") == "shop"
    assert (await rack.apply({})).ok


async def test_a_pod_that_dies_is_started_again_by_the_cluster(
    cluster: Cluster, rack: Rack
) -> None:
    """What is running is the cluster's work: nothing of ours is asked, and nothing has drifted."""
    one = app("sturdy", 1)
    cluster.import_image(Tiny("sturdy"), image(one))
    assert (await rack.apply(resources(one))).ok
    (pod,) = pods(cluster, "sturdy")
    hand = cluster.control.hand
    hand.ask("DELETE", f"/api/v1/namespaces/sturdy/pods/{pod['metadata']['name']}")
    assert (await rack.apply(resources(one))).ok
    assert page(cluster, "sturdy") == "sturdy"
    assert (await rack.apply({})).ok
