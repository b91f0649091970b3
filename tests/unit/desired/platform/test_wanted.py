"""Which cluster has what, where a rack has several."""

from __future__ import annotations

import shutil
import subprocess
import tomllib

import pytest

from rackhouse.cli.platform import named
from rackhouse.desired.platform.build import platform
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from unit.desired.platform.cases import MODELS, containers, manifests, of, pods, with_models

NODES = "nodes: {pi: {role: server, board: rpi5-8gb, disk: DISK, address: 10.20.20.11}}\n"
OWN = NODES.replace("DISK", "nvme")
BESIDE = load(f"{OWN}clusters: {{cloud: {{}}, home: {{nodes: [pi]}}}}")
TWO = (
    MODELS.replace("RUNTIME", "k3s") + "clusters: {home: {nodes: [pi-1]}, cards: {nodes: [forge]}}"
)


def test_gitea_is_on_the_first_cluster_of_own_machines() -> None:
    assert named(BESIDE, "") == "home"
    there = {name for name in ("cloud", "home") if _namespaces(name) >= {"gitea", "runners"}}
    assert there == {"home"}


def _namespaces(cluster: str) -> set[str]:
    found = manifests(platform(BESIDE, cluster))
    return {it["metadata"]["name"] for it in found if it["kind"] == "Namespace"}


def test_a_model_is_on_the_cluster_whose_machine_serves_it() -> None:
    rack = load(TWO.replace("role: gpu", "role: server").replace("    runtime: k3s\n", ""))
    served = {
        name: [it for it, _ in pods(manifests(platform(rack, name))) if _models(it)]
        for name in ("home", "cards")
    }
    assert (len(served["home"]), len(served["cards"])) == (0, 3)


def _models(it: dict[str, dict[str, str]]) -> bool:
    return it["metadata"]["namespace"] == "models"


def test_repositories_are_not_kept_on_cards() -> None:
    file = NODES.replace("DISK", "sd") + "data: {postgres: none, cache: none, objects: none}\n"
    with pytest.raises(FileError, match=r"platform\.forge") as caught:
        platform(load(file))
    assert "`forge: none`" in str(caught.value)
    assert platform(load(f"{file}platform: {{forge: none}}\n"))


def test_what_buildkit_keeps_leaves_room_in_its_volume() -> None:
    found = of(with_models("k3s"))
    (config,) = [
        it["data"]["buildkitd.toml"] for it in found if "buildkitd.toml" in it.get("data", {})
    ]
    worker = tomllib.loads(config)["worker"]["oci"]
    (home,) = {
        volume["emptyDir"]["sizeLimit"]
        for it, spec in pods(found)
        if it["metadata"]["namespace"] == "builds"
        for volume in spec["volumes"]
        if volume["name"] == "home"
    }
    assert worker == {"gc": True, "maxUsedSpace": "14GB"}
    assert home == "20Gi"


@pytest.mark.parametrize(("there", "done"), [("rackhouse-ci", "create"), ("rackhouse", "change")])
def test_the_administrator_is_known_by_the_whole_name(there: str, done: str) -> None:
    (spec,) = [
        spec for it, spec in pods(of(with_models("k3s"))) if it["metadata"]["name"] == "gitea"
    ]
    script = next(it["args"][2] for it in containers(spec) if it["name"] == "settle")
    listed = f"ID Username Email IsActive\\n1 {there} rackhouse@home.arpa true"
    stand_in = (
        'gitea() { case "$*" in *list*) printf "' + listed + '\\n" ;; *create*) echo create ;; '
        "*change-password*) echo change ;; esac; }\n"
    )
    shell = shutil.which("sh") or "sh"
    ran = subprocess.run(
        [shell, "-c", stand_in + script],
        env={"PATH": "/usr/bin:/bin", "ADMIN": "p", "EMAIL": "e"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == [done]
