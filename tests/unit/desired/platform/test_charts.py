"""Charts, and the order in which what they bring is used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rackhouse.desired.kube import kube
from rackhouse.desired.platform.build import platform, together
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from unit.desired.kube.schemas import errors
from unit.desired.platform.cases import SUM, of, with_models
from unit.desired.scenario import released

MIRRORED = f"""
nodes: {{pi: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}}}
clusters:
  home:
    nodes: [pi]
    k3s:
      version: v1.34.1+k3s1
      sums: {{arm64: {{program: {SUM}}}}}
      registries: [{{host: ghcr.io, mirrors: ["http://mirror.home.arpa:5000"]}}]
"""
APP = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {work: {image: ., command: [run], variables: {R: "${resources.visits.url}"}}}
resources: {visits: {type: redis}}
"""


def charts(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {it["metadata"]["name"]: it["spec"] for it in found if it["kind"] == "HelmChart"}


def test_a_failed_upgrade_uninstalls_nothing() -> None:
    found = charts(of(with_models("k3s")))
    assert found.keys() == {"cloudnative-pg", "cert-manager", "longhorn"}
    assert all(it["failurePolicy"] == "abort" and it["version"] for it in found.values())
    assert json.loads(found["cert-manager"]["valuesContent"])["crds"]["keep"] is True


def test_a_chart_is_asked_of_the_mirror_that_its_registry_has() -> None:
    made = of(load(MIRRORED))
    spec = charts(made)["cloudnative-pg"]
    assert spec["chart"] == "oci://mirror.home.arpa:5000/cloudnative-pg/charts/cloudnative-pg"
    assert spec["plainHTTP"] is True
    assert not [error for it in made for error in errors(it)]
    assert "plainHTTP" not in charts(of(with_models("k3s")))["cloudnative-pg"]


@pytest.mark.parametrize("mirror", ["https://harbor.lan/ghcr", "https://harbor.lan/v2/ghcr/"])
def test_a_mirror_may_keep_a_registry_in_a_folder(mirror: str) -> None:
    made = of(load(MIRRORED.replace("http://mirror.home.arpa:5000", mirror)))
    spec = charts(made)["cloudnative-pg"]
    assert spec["chart"] == "oci://harbor.lan/ghcr/cloudnative-pg/charts/cloudnative-pg"


def test_databases_come_after_their_operator() -> None:
    rack = load(MIRRORED)
    found = together(kube(rack, (), ()), platform(rack))
    before = {str(id): {str(each) for each in it.before} for id, it in found.items()}
    operator = "kube.home/HelmChart/kube-system.cloudnative-pg"
    assert operator in before["kube.home/Cluster/data.postgres"]
    assert {"kube.home/Namespace/cnpg-system"} < before[operator]


def test_whoever_uses_the_cache_comes_after_it_has_read_of_them() -> None:
    rack, app = load(MIRRORED), released(APP)
    alone = kube(rack, [app], ())
    found = together(alone, platform(rack))
    worker, server = (
        next(id for id in found if str(id) == f"kube.home/{it}")
        for it in ("Deployment/hello.worker", "StatefulSet/data.valkey")
    )
    assert found[worker].follows == {server}
    assert found[worker].digest == alone[worker].digest  # a release writes the same without us
    users = found[Id("kube.home", "Secret", "data.valkey")]
    assert users.id in found[server].before
    assert any(ref.to == users.id for ref in found[server].refs)  # another user, another pod
