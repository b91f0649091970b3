"""One word of the rack file moves a model server, and the difference is exactly that."""

from __future__ import annotations

import json
from typing import Any

from rackhouse.desired.platform.build import platform
from unit.desired.kube.schemas import errors
from unit.desired.platform.cases import manifests, pods, with_models

OUTSIDE, INSIDE = platform(with_models("docker")), platform(with_models("k3s"))
SERVERS = ("ollama-forge", "text-embeddings-baai-bge-small-en-v1-5-forge")
VLLM = "vllm-qwen-qwen2-5-coder-7b-instruct-awq-forge"


def test_what_comes_and_goes() -> None:
    names = sorted((*SERVERS, VLLM))
    gone = sorted(str(id) for id in OUTSIDE.keys() - INSIDE.keys())
    assert gone == [f"kube.home/EndpointSlice/models.{name}" for name in names]
    come = {str(id) for id in INSIDE.keys() - OUTSIDE.keys()}
    kinds = ("Deployment", "NetworkPolicy", "PersistentVolumeClaim", "ServiceAccount")
    served = {f"kube.home/{kind}/models.{name}" for kind in kinds for name in names}
    card = {id for id in come if "/gpu" in id}  # the plugin, on the first machine with a card
    amd64 = {id for id in come if id.endswith("/builds.buildkit-amd64")}  # a new architecture
    assert come == served | card | amd64


def test_services_stay_with_their_ports_and_find_pods_instead() -> None:
    changed = {str(id) for id in OUTSIDE.keys() & INSIDE.keys() if OUTSIDE[id] != INSIDE[id]}
    names = sorted((*SERVERS, VLLM))
    moved = {f"kube.home/Service/models.{name}" for name in names}
    told = {"kube.home/Deployment/runners.runner"}  # where amd64 is built, now that there is any
    assert changed == moved | told
    for name in names:
        before, after = (_one(found, "Service", name)["spec"] for found in (OUTSIDE, INSIDE))
        assert "selector" not in before
        assert after["selector"] == {"app.kubernetes.io/name": name}
        ports = [[it["port"] for it in spec["ports"]] for spec in (before, after)]
        assert ports[0] == ports[1]


def test_beside_the_cluster_it_is_the_machines_own_address() -> None:
    made = _one(OUTSIDE, "EndpointSlice", "ollama-forge")
    assert errors(made) == []
    assert made["endpoints"][0]["addresses"] == ["10.20.20.20"]
    assert made["ports"][0]["port"] == 11434
    assert made["metadata"]["labels"]["kubernetes.io/service-name"] == "ollama-forge"


def test_in_the_cluster_it_asks_for_the_card_on_that_machine() -> None:
    found = {it["metadata"]["name"]: spec for it, spec in pods(manifests(INSIDE))}
    for name in (*SERVERS, VLLM):
        spec = found[name]
        assert spec["runtimeClassName"] == "nvidia"
        assert spec["nodeSelector"] == {"kubernetes.io/hostname": "forge"}
        assert spec["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert "ollama pull llama3.1:8b" in json.dumps(found["ollama-forge"])
    assert found[VLLM]["containers"][0]["args"][-2:] == ["--max-model-len", "8192"]


def test_the_container_in_docker_leaves_before_the_pod_comes() -> None:
    claims = {str(it.id): it.claims for it in INSIDE.values() if it.claims}
    assert claims["kube.home/Deployment/models.ollama-forge"] == {"port:forge:11434"}


def test_a_card_is_shared_by_as_many_as_are_served_on_it() -> None:
    (config,) = [
        it
        for it in manifests(INSIDE)
        if it["kind"] == "ConfigMap" and it["metadata"]["namespace"] == "gpu"
    ]
    said = json.loads(config["data"]["config.json"])
    (resource,) = said["sharing"]["timeSlicing"]["resources"]
    assert resource == {"name": "nvidia.com/gpu", "replicas": 3}


def _one(found: Any, kind: str, name: str) -> dict[str, Any]:
    named = {it["metadata"]["name"]: it for it in manifests(found) if it["kind"] == kind}
    return named[name]
