"""Model servers as the gateway on a cluster reaches them: where, and by which ways out. Pure.

The platform makes a Service for each, whether the server is a pod or a machine beside the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

from lightkube.models import networking_v1 as n

from rackhouse.app.graph import GATEWAY
from rackhouse.desired.case import Ask, Case
from rackhouse.desired.gpu.servers import in_docker, name_of, server_of, servers
from rackhouse.desired.kube.allow import machine, peer, to
from rackhouse.desired.kube.home import Home
from rackhouse.desired.kube.platform import MODELS, NAME
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.models import Local
from rackhouse.rack.rules.finding import members


def where(ask: Ask, local: Local) -> str:
    """The address of what serves that model."""
    case = ask.case
    found = server_of(case.ground.rack, local)
    if found is None or not (_inside(case, found[0]) or found[0].address):
        ask.say(
            "model-nowhere",
            f"a pod finds no {local.engine} for {local.model} at 127.0.0.1",
            "name the machine that serves it: `node: forge`, with its `address`",
        )
        return ""
    node, server = found
    if _inside(case, node) or in_docker(node):
        return f"http://{name_of(node, server)}.{MODELS}.svc:{server.port}"
    return f"http://{node.address}:{server.port}"


def ways_out(case: Case) -> Iterator[n.NetworkPolicyEgressRule]:
    """Of the gateway: to each model server, and nowhere else in the house."""
    if case.entry.service != GATEWAY:
        return
    for node in case.ground.rack.nodes:
        for server in servers(case.ground.rack, node):
            if _inside(case, node):
                pods = peer(MODELS, {NAME: name_of(node, server)})
                yield to(pods, at=[server.inside])
            elif node.address:
                yield to(machine(node.address), at=[server.port])


def _inside(case: Case, node: Node) -> bool:
    """Whether it is a machine of the cluster that the gateway runs on."""
    return node in _nodes(case.ground.rack, Home.of(case).cluster)


def _nodes(rack: Rack, name: str) -> list[Node]:
    return [node for each in rack.clusters if each.name == name for node in members(rack, each)]
