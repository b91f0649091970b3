"""Components whose own chart is the only sane way: objects for K3s's chart controller. Pure.

Their custom resource definitions are megabytes that upstream generates. `failurePolicy: abort`: the
controller's own default uninstalls what failed to upgrade, and databases with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.networking_v1 import NetworkPolicy

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.allow import peer, port, to
from rackhouse.desired.kube.home import Home, target
from rackhouse.desired.kube.platform import OPERATOR, SYSTEM
from rackhouse.desired.kube.policies import API_SERVER
from rackhouse.desired.kube.sizes import MI
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.platform import table
from rackhouse.desired.platform.space import PRIVILEGED, Space
from rackhouse.desired.platform.table import Component, Image
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.kube import Object
from rackhouse.resources.vault import Authority

API = "helm.cattle.io/v1"
ISSUER = "rackhouse"
_PRIORITY = "rackhouse-platform"
_WEBHOOK = 9443  # of CloudNativePG's operator
_OWN_WEBHOOKS = {"cert-manager": 9403, "webhook": 10250, "cainjector": 9403}


def chart(space: Space, component: Component, values: Mapping[str, Any]) -> Resource[Any]:
    """A component as the chart controller takes it, in the namespace that it watches first."""
    found = component.chart
    assert found is not None
    spec = {
        **_source(space, found.chart),
        "createNamespace": False,
        "failurePolicy": "abort",
        "targetNamespace": component.namespace,
        "valuesContent": json.dumps(values, sort_keys=True, indent=1) + "\n",
        "version": found.version,
        **({"repo": found.repo} if found.repo else {}),
    }
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=SYSTEM)
    made = there.custom(API, "HelmChart", component.name, spec)
    return replace(made, needs=frozenset({_namespace(space), _priority(space)}))


def postgres_operator(space: Space) -> Iterator[Resource[Any]]:
    """CloudNativePG's operator. It is asked by the API server, and asks every instance."""
    component = table.POSTGRES_OPERATOR
    yield from space.opened()
    values = {
        "image": _image(space, component.images[0]),
        "priorityClassName": _PRIORITY,
        "resources": _resources(component.memory, component.cpu, 256),
    }
    yield chart(space, component, values)
    _, status = OPERATOR
    yield space.policy(
        "cloudnative-pg",
        into=[n.NetworkPolicyIngressRule(ports=[port(_WEBHOOK)])],
        out=[_api_server(), to(peer("data"), at=[5432, status])],
    )


def certificates(space: Space) -> Iterator[Resource[Any]]:
    """cert-manager, and an issuer that is the rack's own authority."""
    component = table.CERTIFICATES
    yield from space.opened()
    share = _resources(component.memory // 3, component.cpu // 3, 128)
    parts = {
        name: {"image": _image(space, image), "resources": share}
        for name, image in zip(("", "webhook", "cainjector"), component.images, strict=True)
    }
    own = parts.pop("")
    values = {
        **own,
        **parts,
        "crds": {"enabled": True, "keep": True},
        "global": {"priorityClassName": _PRIORITY},
        "prometheus": {"enabled": False},
        "startupapicheck": {"enabled": False},
    }
    made = chart(space, component, values)
    yield made
    for name, at in _OWN_WEBHOOKS.items():
        asked = [n.NetworkPolicyIngressRule(ports=[port(at)])]
        yield space.policy(name, into=asked, out=[_api_server()])
    yield from _issuer(space, made.id)


def longhorn(space: Space) -> Iterator[Resource[Any]]:
    """Volumes on two nodes. Its pods are privileged and speak among themselves as they like."""
    yield space.opened(PRIVILEGED)[0]
    inside = n.NetworkPolicyPeer(podSelector=LabelSelector())
    hooks = [port(9501), port(9502)]
    spec = n.NetworkPolicySpec(
        podSelector=LabelSelector(),
        policyTypes=["Ingress"],
        ingress=[
            n.NetworkPolicyIngressRule(from_=[inside]),
            n.NetworkPolicyIngressRule(ports=hooks),
        ],
    )
    yield space.home.made(NetworkPolicy(metadata=space.home.metadata("inside"), spec=spec))
    values = {
        "defaultSettings": {"defaultReplicaCount": '{"v1":"2"}'},
        "longhornUI": {"replicas": 1},
        "persistence": {"defaultClass": True, "defaultClassReplicaCount": 2},
    }
    yield chart(space, table.LONGHORN, values)


def _issuer(space: Space, needs: Id) -> Iterator[Resource[Any]]:
    rack = space.rack
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    yield Resource(id=AUTHORITY, spec=authority, keep=True)
    pair = {
        "tls.crt": Text.of(AUTHORITY.ref("certificate")),
        "tls.key": Text.of(AUTHORITY.ref("key")),
    }
    kept = space.home.secret("authority", pair, kind="kubernetes.io/tls")
    yield kept
    body = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"labels": space.home.labels, "name": ISSUER},
        "spec": {"ca": {"secretName": "authority"}},
    }
    text = Text.of(json.dumps(body, sort_keys=True, separators=(",", ":")))
    made = Object(
        api="cert-manager.io/v1", kind="ClusterIssuer", namespace="", name=ISSUER, body=text
    )
    id = Id(target(space.cluster), "ClusterIssuer", ISSUER)
    yield Resource(id=id, spec=made, needs=frozenset({needs, kept.id}))


def _source(space: Space, chart: str) -> dict[str, Any]:
    """Where it is fetched: Helm runs in a pod, and knows nothing of the mirrors that K3s has."""
    scheme, _, rest = chart.partition("://")
    host, _, path = rest.partition("/")
    for cluster in space.rack.clusters:
        for each in cluster.k3s.registries if cluster.k3s and cluster.name == space.cluster else ():
            if scheme == "oci" and each.host == host and each.mirrors:
                at = urlsplit(each.mirrors[0])
                plain = {"plainHTTP": True} if at.scheme == "http" else {}
                found = f"{at.netloc}{_below(at.path)}/{path}"
                return {"chart": f"oci://{found}", **plain}
    return {"chart": chart}


def _below(path: str) -> str:
    """Where in a mirror's registry another one is kept; `/v2` is the API's own, not of the name."""
    parts = [part for part in path.split("/") if part]
    return "".join(f"/{part}" for part in (parts[1:] if parts[:1] == ["v2"] else parts))


def _image(space: Space, image: Image) -> dict[str, str]:
    """As charts take it: the digest behind the tag, where it was resolved."""
    _, _, digest = space.pins(image.reference).partition("@")
    tag = f"{image.tag}@{digest}" if digest else image.tag
    return {"repository": image.repository, "tag": tag}


def _resources(memory: int, cpu: int, limit: int) -> dict[str, Any]:
    return {
        "limits": {"cpu": "1", "memory": quantity(limit * MI)},
        "requests": {"cpu": f"{cpu}m", "memory": quantity(memory)},
    }


def _api_server() -> n.NetworkPolicyEgressRule:
    return n.NetworkPolicyEgressRule(ports=list(map(port, API_SERVER)))


def _namespace(space: Space) -> Id:
    return Id(target(space.cluster), "Namespace", space.namespace)


def _priority(space: Space) -> Id:
    return Id(target(space.cluster), "PriorityClass", _PRIORITY)
