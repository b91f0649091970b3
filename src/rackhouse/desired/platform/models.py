"""Model servers as a cluster sees them: on a machine beside it, or as pods on one of its own. Pure.

Either way there is a Service of the same name and port, so that one word of the rack file moves a
model and nobody who asks it notices: `runtime: docker` has an EndpointSlice with the machine's
address, `runtime: k3s` a Deployment that asks for the card. Whoever asks is called `gateway`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k
from lightkube.models import discovery_v1 as d
from lightkube.models import networking_v1 as n
from lightkube.models.meta_v1 import LabelSelector
from lightkube.resources.core_v1 import Service
from lightkube.resources.discovery_v1 import EndpointSlice
from lightkube.resources.networking_v1 import NetworkPolicy

from rackhouse.desired.gpu.servers import Server, in_docker, servers
from rackhouse.desired.kube.allow import machine, port
from rackhouse.desired.kube.home import OWN
from rackhouse.desired.platform.pod import marks
from rackhouse.desired.platform.served import answering_port, served
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.wanted import first, nodes
from rackhouse.rack.model import Node
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.kube import Object

NAMESPACE = "models"
ASKS = "gateway"  # what the pods are called that ask models, in the same namespace
_LONGEST = 52


def models(space: Space) -> Iterator[Resource[Any]]:
    """All that GPU machines of this cluster serve, and on the rack's first what those beside it do;
    or nothing.
    """
    found = [
        made
        for node in space.rack.nodes
        for server in servers(space.rack, node)
        for made in _model(space, node, server)
    ]
    if found:
        yield from space.opened()
        yield from found


def name_of(node: Node, server: Server) -> str:
    """`ollama-forge`: a name of DNS, cut where a model's own is too long."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{server.name}-{node.name}").strip("-")
    if len(name) <= _LONGEST:
        return name
    return f"{name[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _model(space: Space, node: Node, server: Server) -> Iterator[Resource[Any]]:
    inside = node in nodes(space.rack, space.cluster)
    if inside and server.image:
        yield _service(space, node, server, inside=True)
        yield _edge(space, node, server, inside=True)
        yield from served(space, node, server, name_of(node, server))
    elif in_docker(node) and node.address and space.cluster == first(space.rack):
        yield _service(space, node, server, inside=False)
        yield _edge(space, node, server, inside=False)
        yield _outside(space, node, server)


def _service(space: Space, node: Node, server: Server, *, inside: bool) -> Resource[Any]:
    name = name_of(node, server)
    to = answering_port(server) if inside else server.port
    spec = k.ServiceSpec(
        ports=[k.ServicePort(name="http", port=server.port, targetPort=to)],
        selector=marks(name) if inside else None,
        type="ClusterIP",
    )
    return space.home.made(Service(metadata=space.home.metadata(name, marks(name)), spec=spec))


def _outside(space: Space, node: Node, server: Server) -> Resource[Object]:
    """The machine's own address. It follows the container there, where one apply makes both."""
    name = name_of(node, server)
    labels = {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": OWN}
    made = EndpointSlice(
        metadata=space.home.metadata(name, labels),
        addressType="IPv4",
        endpoints=[
            d.Endpoint(addresses=[str(node.address)], conditions=d.EndpointConditions(ready=True))
        ],
        ports=[d.EndpointPort(name="http", port=server.port, protocol="TCP")],
    )
    found = space.home.made(made, needs={space.home.id("Service", name)})
    container = Id(f"docker.{node.name}", "container", server.name)
    return Resource(id=found.id, spec=found.spec, needs=found.needs, follows=frozenset({container}))


def _edge(space: Space, node: Node, server: Server, *, inside: bool) -> Resource[Any]:
    """Whoever asks models may reach this one: the machine's address, or the pods."""
    name = name_of(node, server)
    pods = n.NetworkPolicyPeer(podSelector=LabelSelector(matchLabels=marks(name)))
    number = answering_port(server) if inside else server.port
    rule = n.NetworkPolicyEgressRule(
        to=[pods if inside or node.address is None else machine(node.address)], ports=[port(number)]
    )
    spec = n.NetworkPolicySpec(
        podSelector=LabelSelector(matchLabels=marks(ASKS)), policyTypes=["Egress"], egress=[rule]
    )
    metadata = space.home.metadata(f"asks-{name}")
    return space.home.made(NetworkPolicy(metadata=metadata, spec=spec))
