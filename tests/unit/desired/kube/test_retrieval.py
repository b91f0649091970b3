"""Retrieval on a cluster: told in its Secret, asked by who may, and with no door of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from rackhouse.desired.kube import kube
from rackhouse.desired.kube.edges import Edges, Pod
from rackhouse.desired.platform.build import platform
from rackhouse.rack.load import load
from rackhouse.resources.core import Id
from rackhouse.resources.kube import Secret
from unit.desired.kube.test_models import pod
from unit.desired.platform.cases import MODELS, manifests
from unit.desired.scenario import released
from unit.desired.test_retrieval import ASKING, HELLO, LAWS, SERVICES

APPLICATIONS = "applications: {gateway: {service: gateway}, retrieval: {service: retrieval}}\n"
OTHER = """
apiVersion: score.dev/v1b1
metadata: {name: other}
containers: {work: {image: ., command: [work]}}
"""


def compiled(*more: str) -> dict[Id, Any]:
    embed = "  embed: {prefer: [{engine: builtin, model: all-MiniLM-L6-v2}]}\n"
    text = MODELS.replace("RUNTIME", "docker").replace("models:\n", f"models:\n{embed}", 1)
    rack = load(text + APPLICATIONS)
    own = [Path(SERVICES / name / "score.yaml") for name in ("gateway", "retrieval")]
    texts = [*(it.read_text() for it in own), *(more or (HELLO,)), OTHER]
    return {**platform(rack, "home"), **kube(rack, [released(it) for it in texts], ())}


def test_it_is_asked_by_its_tenants_and_asks_the_gateway() -> None:
    found = compiled()
    edges = Edges(manifests(found))
    hello, other, retrieval, gateway = (
        pod(found, name) for name in ("hello", "other", "retrieval", "gateway")
    )
    assert edges.open(hello, retrieval, 8080)
    assert edges.open(retrieval, gateway, 8080)
    assert not edges.open(other, retrieval, 8080)
    assert not edges.open(gateway, retrieval, 8080)
    assert not edges.open(Pod("nobody", {}), retrieval, 8080)


def test_its_secret_has_the_keys_and_hello_the_address() -> None:
    found = compiled()
    (secret,) = [
        it.spec
        for it in found.values()
        if isinstance(it.spec, Secret)
        and it.spec.namespace == "retrieval"
        and "tenants.json" in dict(it.spec.values)
    ]
    text = str(dict(secret.values)["tenants.json"])
    assert text == '{"tenants":[{"name":"hello","key":"${vault/secret/hello.texts.value}"}]}'
    told = str([it for it in manifests(found) if it["metadata"].get("namespace") == "hello"])
    assert "http://web.retrieval.svc:80" in told


def test_it_may_ask_who_knows_references() -> None:
    found = compiled(ASKING, LAWS)
    edges = Edges(manifests(found))
    retrieval, laws, other = (pod(found, name) for name in ("retrieval", "laws", "other"))
    assert edges.open(retrieval, laws, 80)
    assert not edges.open(other, laws, 80)
    texts = [str(dict(it.spec.values)) for it in found.values() if isinstance(it.spec, Secret)]
    assert any(re.search(r"http://\w+\.laws\.svc:80/v1/references", each) for each in texts)
