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

from rackhouse.desired.kube.allow import from_, peer, port, to
from rackhouse.desired.kube.home import Home, target
from rackhouse.desired.kube.platform import OPERATOR, SYSTEM
from rackhouse.desired.kube.policies import API_SERVER
from rackhouse.desired.kube.sizes import MI
from rackhouse.desired.kube.texts import quantity
from rackhouse.desired.platform import table
from rackhouse.desired.platform.copied import copied
from rackhouse.desired.platform.pod import marks
from rackhouse.desired.platform.space import PRIVILEGED, Space
from rackhouse.desired.platform.table import Component, Image
from rackhouse.resources.core import Id, Resource

API = "helm.cattle.io/v1"
PRIORITY = "rackhouse-platform"
_WEBHOOK = 9443  # of CloudNativePG's operator
_PLUGIN = 9090  # of what copies, where its operator asks it


def chart(
    space: Space, component: Component, values: Mapping[str, Any], timeout: str = ""
) -> Resource[Any]:
    """A component as the chart controller takes it, in the namespace that it watches first.
    `timeout`: how long Helm waits for it, `10m`; its own five minutes when left out.
    """
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
        **({"timeout": timeout} if timeout else {}),
    }
    there = Home(rack=space.rack.name, cluster=space.cluster, namespace=SYSTEM)
    made = there.custom(API, "HelmChart", component.name, spec)
    return replace(made, needs=frozenset({_namespace(space), _priority(space)}))


def chart_id(cluster: str, component: Component) -> Id:
    """What a component's chart is called."""
    return Id(target(cluster), "HelmChart", f"{SYSTEM}.{component.name}")


def postgres_operator(space: Space) -> Iterator[Resource[Any]]:
    """CloudNativePG's operator. It is asked by the API server, and asks every instance."""
    component = table.POSTGRES_OPERATOR
    yield from space.opened()
    values = {
        "image": image(space, component.images[0]),
        "priorityClassName": PRIORITY,
        "resources": resources(component.memory, component.cpu, 256),
    }
    yield chart(space, component, values)
    _, status = OPERATOR
    out = [api_server(), to(peer("data"), at=[5432, status])]
    if copied(space.rack, space.cluster):
        out.append(to(peer(space.namespace, marks(table.COPIES.name)), at=[_PLUGIN]))
    asked = [n.NetworkPolicyIngressRule(ports=[port(_WEBHOOK)])]
    yield space.policy(component.name, into=asked, out=out)


def copies(space: Space) -> Iterator[Resource[Any]]:
    """The plugin by which CloudNativePG copies, beside it: it is asked by the operator alone, and
    its certificates are cert-manager's.
    """
    component = table.COPIES
    plugin, sidecar = (_named(space, it) for it in component.images)
    values = {
        "image": plugin,
        "priorityClassName": PRIORITY,
        "resources": resources(component.memory, component.cpu, 256),
        "sidecarImage": sidecar,
    }
    made = chart(space, component, values)
    certified = chart_id(space.cluster, table.CERTIFICATES)
    yield replace(made, needs=made.needs | {certified})
    asked = from_(peer(space.namespace, marks(table.POSTGRES_OPERATOR.name)), at=[_PLUGIN])
    yield space.policy(component.name, into=[asked], out=[api_server()])


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


def image(space: Space, image: Image) -> dict[str, str]:
    """As charts take it: the digest behind the tag, where it was resolved."""
    _, _, digest = space.pins(image.reference).partition("@")
    tag = f"{image.tag}@{digest}" if digest else image.tag
    return {"repository": image.repository, "tag": tag}


def _named(space: Space, it: Image) -> dict[str, str]:
    """As charts take it that have the registry apart."""
    found = image(space, it)
    registry, _, repository = found["repository"].partition("/")
    return {**found, "registry": registry, "repository": repository}


def resources(memory: int, cpu: int, limit: int) -> dict[str, Any]:
    """As charts take them: bytes and thousandths that are asked for, and MiB that may be used."""
    return {
        "limits": {"cpu": "1", "memory": quantity(limit * MI)},
        "requests": {"cpu": f"{cpu}m", "memory": quantity(memory)},
    }


def api_server() -> n.NetworkPolicyEgressRule:
    """Let it speak to the API server."""
    return n.NetworkPolicyEgressRule(ports=list(map(port, API_SERVER)))


def _namespace(space: Space) -> Id:
    return Id(target(space.cluster), "Namespace", space.namespace)


def _priority(space: Space) -> Id:
    return Id(target(space.cluster), "PriorityClass", PRIORITY)
