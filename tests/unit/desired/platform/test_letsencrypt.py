"""Certificates that every browser trusts: one for all applications, at the ingress."""

from __future__ import annotations

from typing import Any

import pytest

from rackhouse.desired.kube import kube
from rackhouse.desired.kube.edges import Edges, Pod
from rackhouse.desired.platform.build import platform, together
from rackhouse.rack.load import load
from rackhouse.resources.core import Id, Resource
from unit.desired.kube.schemas import NEWEST, errors
from unit.desired.platform.cases import manifests
from unit.desired.scenario import released

FILE = """
domain: rack.ada.dev
exposure: lan
nodes: {pi: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
clusters: {home: {nodes: [pi]}}
"""
WAYS = {
    "cloudflare": "dns: cloudflare",
    "digitalocean": "dns: digitalocean, staging: true",
    "rfc2136": "dns: rfc2136, nameserver: 10.20.10.1, key: rack",
}
APP = """
apiVersion: score.dev/v1b1
metadata: {name: hello, annotations: {rackhouse.dev/public: "true"}}
containers: {web: {image: ., command: [run]}}
service: {ports: {web: {port: 80, targetPort: 8080}}}
resources: {web: {type: route, params: {port: 80HOST}}}
"""
SHOWN = Id.parse("kube.home/Certificate/kube-system.letsencrypt")
INGRESS = Id.parse("kube.home/Ingress/hello.web")
every_way = pytest.mark.parametrize("way", WAYS)


def everything(way: str = "cloudflare", host: str = "") -> dict[Id, Resource[Any]]:
    rack = load(f"{FILE}platform: {{letsencrypt: {{email: ada@ada.dev, {WAYS[way]}}}}}\n")
    apps = [released(APP.replace("HOST", host))]
    return dict(together(kube(rack, apps, ()), platform(rack)))


def one(found: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (it,) = [it for it in found if (it["kind"], it["metadata"]["name"]) == (kind, name)]
    spec: dict[str, Any] = it["spec"]
    return spec


@pytest.mark.parametrize("version", NEWEST)
@every_way
def test_the_published_schemas_take_all_of_it(way: str, version: str) -> None:
    found = manifests(everything(way))
    assert {"ClusterIssuer", "Certificate", "TLSStore"} <= {it["kind"] for it in found}
    assert [error for it in found for error in errors(it, version)] == []


@every_way
def test_the_token_is_a_reference_and_lies_where_the_issuer_looks(way: str) -> None:
    found = everything(way)
    secret = found[Id.parse("kube.home/Secret/cert-manager.dns")]
    assert {str(ref.to) for ref in secret.refs} == {"vault/given/ingress.dns"}
    acme = one(manifests(found), "ClusterIssuer", "letsencrypt")["acme"]
    assert ("staging" in acme["server"]) is (way == "digitalocean")
    (solver,) = acme["solvers"]
    assert list(solver["dns01"]) == [way]
    assert "'dns'" in str(solver["dns01"][way])


def test_an_address_comes_after_the_certificate_that_it_shows() -> None:
    found = everything()
    assert SHOWN in found[INGRESS].before
    assert Id.parse("kube.home/ClusterIssuer/letsencrypt") in found[SHOWN].before
    chart = Id.parse("kube.home/HelmChart/kube-system.cert-manager")
    assert chart in found[SHOWN].before
    assert one(manifests(found), "Ingress", "web")["tls"] == [{"hosts": ["hello.rack.ada.dev"]}]
    assert Id.parse("kube.home/Secret/hello.tls") not in found
    assert one(manifests(found), "Certificate", "letsencrypt")["dnsNames"] == [
        "rack.ada.dev",
        "*.rack.ada.dev",
    ]


def test_a_name_with_more_dots_keeps_the_racks_own() -> None:
    found = everything(host=", host: a.b.rack.ada.dev")
    assert SHOWN not in found[INGRESS].before
    assert Id.parse("kube.home/Secret/hello.tls") in found


def test_gitea_keeps_the_authority_that_nodes_and_runners_trust() -> None:
    found = everything()
    assert Id.parse("kube.home/Secret/gitea.tls") in found
    assert SHOWN not in found[Id.parse("kube.home/Ingress/gitea.gitea")].before


def test_a_cluster_that_was_there_already_is_its_owners() -> None:
    text = FILE.replace("home: {nodes: [pi]}", "lab: {}")
    rack = load(f"{text}platform: {{letsencrypt: {{email: ada@ada.dev, dns: cloudflare}}}}\n")
    found = kube(rack, [released(APP.replace("HOST", ""))], ())
    assert Id.parse("kube.lab/Secret/hello.tls") in found


def test_records_are_asked_of_the_world_and_told_to_the_one_server() -> None:
    edges = Edges(manifests(everything("rfc2136")))
    manager = Pod("cert-manager", {"app.kubernetes.io/name": "cert-manager"})
    assert edges.open(manager, Pod(address="10.20.10.1"), 53)
    assert not edges.open(manager, Pod(address="10.20.10.2"), 53)
    assert edges.open(manager, Pod(address="9.9.9.9"), 53)
