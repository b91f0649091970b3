"""Model servers as a cluster sees them: on a machine beside it, or as pods on one of its own. Pure.

Either way there is a Service of the same name and port, so that one word of the rack file moves a
model and nobody who asks it notices: `runtime: docker` has an EndpointSlice with the machine's
address, `runtime: k3s` a Deployment that asks for the card. The gateway alone asks them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k
from lightkube.models import discovery_v1 as d
from lightkube.resources.core_v1 import Service
from lightkube.resources.discovery_v1 import EndpointSlice

from rackhouse.desired.gpu.servers import Server, in_docker, name_of, servers
from rackhouse.desired.kube.home import OWN
from rackhouse.desired.platform.pod import marks
from rackhouse.desired.platform.served import served
from rackhouse.desired.platform.space import Space
from rackhouse.desired.platform.wanted import first, nodes
from rackhouse.rack.model import Node
from rackhouse.resources.core import Id, Resource
from rackhouse.resources.kube import Object


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


def _model(space: Space, node: Node, server: Server) -> Iterator[Resource[Any]]:
    inside = node in nodes(space.rack, space.cluster)
    if inside and server.image:
        yield _service(space, node, server, inside=True)
        yield from served(space, node, server, name_of(node, server))
    elif in_docker(node) and node.address and space.cluster == first(space.rack):
        yield _service(space, node, server, inside=False)
        yield _outside(space, node, server)


def _service(space: Space, node: Node, server: Server, *, inside: bool) -> Resource[Any]:
    name = name_of(node, server)
    to = server.inside if inside else server.port
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
