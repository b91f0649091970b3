"""Who speaks with whom on the platform: this table, and nobody else."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from rackhouse.desired.kube.edges import Edges, Pod
from unit.desired.platform.cases import of, pods, with_models

NAME = "app.kubernetes.io/name"
HOME, WORLD = Pod(address="192.168.1.7"), Pod(address="203.0.113.9")
INGRESS = Pod("kube-system", {NAME: "traefik"})
CONSOLE = Pod("rackhouse", {NAME: "console"})
GATEWAY = Pod("gateway", {NAME: "gateway"})
STRANGER = Pod("hello", {NAME: "hello"})
FOUND = of(with_models("k3s"))
SERVED = {
    "ollama-forge": 11434,
    "text-embeddings-baai-bge-small-en-v1-5-forge": 8080,
    "vllm-qwen-qwen2-5-coder-7b-instruct-awq-forge": 8000,
}
EDGES = {
    ("traefik", "gitea", 3000),
    ("runner", "gitea", 3000),
    ("runner", "broker", 8401),
    ("runner", "traefik", 8443),
    ("broker", "traefik", 8443),
    ("buildkit-amd64", "traefik", 8443),
    ("buildkit-arm64", "traefik", 8443),
    ("runner", "buildkit-amd64", 1234),
    ("runner", "buildkit-arm64", 1234),
    *(("gateway", name, port) for name, port in SERVED.items()),
}
OUT = {"runner", "buildkit-amd64", "buildkit-arm64", *SERVED}


def every() -> dict[str, Pod]:
    """One pod of each workload, and those around."""
    made: dict[str, Pod] = {}
    for workload, _ in pods(FOUND):
        labels: dict[str, Any] = workload["spec"]["template"]["metadata"]["labels"]
        made[labels[NAME]] = Pod(workload["metadata"]["namespace"], labels)
    around = {"traefik": INGRESS, "console": CONSOLE, "gateway": GATEWAY, "stranger": STRANGER}
    return {**made, **around}


def test_these_speak_with_each_other_and_no_others() -> None:
    edges, there = Edges(FOUND), every()
    ports = {3000, 6379, 8333, 8400, 8401, 8443, 1234, *SERVED.values()}
    opened = {
        (one, other, port)
        for (one, source), (other, target) in itertools.permutations(there.items(), 2)
        for port in ports
        if edges.open(source, target, port)
    }
    # Whose namespaces are not of the platform, and have policies of their own, are open here.
    theirs = {"traefik", "gateway", "stranger"}
    assert {it for it in opened if it[0] not in theirs or it[1] not in theirs} == EDGES


def test_the_world_is_reached_by_what_builds_and_fetches_alone() -> None:
    edges = Edges(FOUND)
    platform = {
        name: pod
        for name, pod in every().items()
        if pod not in (INGRESS, CONSOLE, GATEWAY, STRANGER)
    }
    assert {name for name, pod in platform.items() if edges.open(pod, WORLD, 443)} == OUT
    assert not [name for name, pod in platform.items() if edges.open(pod, HOME, 443)]


@pytest.mark.parametrize("name", ["runner", "broker"])
def test_a_release_reaches_the_api_server_and_no_other_machine(name: str) -> None:
    edges, runner = Edges(FOUND), every()[name]
    server, other = Pod(address="10.20.20.11"), Pod(address="10.20.20.20")
    assert {port for port in (22, 443, 6443, 10250) if edges.open(runner, server, port)} == {6443}
    assert not edges.open(runner, other, 6443)
