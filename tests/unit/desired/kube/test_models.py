"""The gateway on a cluster: told in its Secret, let to each model server, asked by who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rackhouse.desired.kube import kube
from rackhouse.desired.kube.edges import Edges, Pod
from rackhouse.desired.platform.build import platform
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.kube import Secret
from unit.desired.platform.cases import MODELS, manifests
from unit.desired.scenario import released

SCORE = Path(__file__).parents[4] / "src/rackhouse/services/gateway/score.yaml"
APPLICATIONS = "applications: {gateway: {service: gateway}}\n"
HELLO = """
apiVersion: score.dev/v1b1
metadata: {name: hello}
containers: {work: {image: ., command: [work], variables: {URL: "${resources.mind.url}"}}}
resources: {mind: {type: llm, params: {model: chat}}}
"""
NAME = "app.kubernetes.io/name"
MACHINE = Pod(address="10.20.20.20")
OLLAMA = Pod("models", {NAME: "ollama-forge"})


def compiled(runtime: str, models: str = MODELS) -> dict[Id, Any]:
    """Gateway, application and platform of a rack whose GPU machine runs models so."""
    rack = load(models.replace("RUNTIME", runtime) + APPLICATIONS)
    apps = [released(SCORE.read_text()), released(HELLO)]
    return {**platform(rack, "home"), **kube(rack, apps, ())}


def pod(found: dict[Id, Any], application: str) -> Pod:
    """What runs of it."""
    (it,) = [
        it
        for it in manifests(found)
        if it["kind"] == "Deployment" and it["metadata"]["namespace"] == application
    ]
    return Pod(application, it["spec"]["template"]["metadata"]["labels"])


@pytest.mark.parametrize("runtime", ["docker", "k3s"])
def test_the_gateway_reaches_model_servers_at_their_ports_alone(runtime: str) -> None:
    found = compiled(runtime)
    edges, gateway, hello = Edges(manifests(found)), pod(found, "gateway"), pod(found, "hello")
    ports = {80, 443, 8000, 8080, 8081, 11434}
    beside = {port for port in ports if edges.open(gateway, MACHINE, port)}
    inside = {port for port in ports if edges.open(gateway, OLLAMA, port)}
    assert (beside, inside) == (
        ({8000, 8081, 11434}, set()) if runtime == "docker" else (set(), {11434})
    )
    assert edges.open(hello, gateway, 8080)
    assert not any(edges.open(hello, OLLAMA, port) for port in ports)
    assert not edges.open(Pod("models", {NAME: "gateway"}), OLLAMA, 11434)


@pytest.mark.parametrize("runtime", ["docker", "k3s"])
def test_it_is_told_of_them_by_their_services_in_its_secret(runtime: str) -> None:
    found = compiled(runtime)
    (secret,) = [
        it.spec
        for it in found.values()
        if isinstance(it.spec, Secret) and it.spec.namespace == "gateway"
    ]
    text = str(dict(secret.values)["models.json"])
    assert '"url":"http://ollama-forge.models.svc:11434"' in text
    assert "${vault/secret/hello.mind.value}" in text
    (web,) = [
        it["spec"]["template"]["spec"]["containers"][0]
        for it in manifests(found)
        if it["kind"] == "Deployment" and it["metadata"]["namespace"] == "gateway"
    ]
    env = {it["name"]: it.get("value") for it in web["env"]}
    mounts = {it["mountPath"]: it for it in web["volumeMounts"]}
    assert mounts[env["GATEWAY_MODELS"]]["subPath"] == "models.json"


def test_what_asks_is_told_the_gateways_service() -> None:
    (work,) = [
        it["spec"]["template"]["spec"]["containers"][0]
        for it in manifests(compiled("k3s"))
        if it["kind"] == "Deployment" and it["metadata"]["namespace"] == "hello"
    ]
    assert {"name": "URL", "value": "http://web.gateway.svc:80/v1"} in work["env"]


def test_a_model_server_on_no_machine_is_found_by_no_pod() -> None:
    with pytest.raises(FileError, match="finds no ollama for"):
        compiled("k3s", MODELS.replace("node: forge", "memory: 1Gi"))
