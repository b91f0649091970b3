"""Who is in a cluster, as resources of the cluster itself; and the place that they are in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from rackhouse.desired.k3s.layout import Layout, founder_of
from rackhouse.rack.model import Cluster, Node, Rack
from rackhouse.rack.rules.finding import members
from rackhouse.rack.words import Role
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.k3s import Member
from rackhouse.resources.place import Place

Addresses = Mapping[str, Mapping[str, str]]


def member(layout: Layout, node: Node) -> Resource[Member]:
    """Its name in the cluster, before its K3s starts. One name has one role."""
    return Resource(
        id=member_id(layout.cluster, node),
        spec=Member(node.name, layout.known.machines.get(node.name, "")),
        claims=frozenset({f"k3s.{layout.cluster.name}:{node.name}"}),
    )


def member_id(cluster: Cluster, node: Node) -> Id:
    """`k3s.home/agent/pi-4`."""
    role = "server" if node.role == Role.SERVER else "agent"
    return Id(f"k3s.{cluster.name}", role, node.name)


def machines(joined: Addresses) -> Mapping[str, str]:
    """Of each machine that has joined, what changes when it is another, or has another disk."""
    return {
        node: hashlib.sha256(words["host_key"].encode()).hexdigest()[:12]
        for node, words in joined.items()
        if words.get("host_key")
    }


def places(rack: Rack, joined: Addresses) -> tuple[Place, ...]:
    """A place for each cluster. Without `k3s` nobody is asked: all of it leaves."""
    found = []
    for cluster in rack.clusters if joined else ():
        nodes = [node for node in members(rack, cluster) if cluster.k3s and node.name in joined]
        founder = founder_of(rack, cluster)
        nodes.sort(key=lambda node: node.name == founder)  # it has most to do
        servers = " ".join(node.name for node in nodes if node.role == Role.SERVER)
        address = {"servers": Text.of(servers), "listed": Text.of(" ".join(cluster.nodes))} | {
            f"{node.name}.{key}": Text.of(value)
            for node in nodes
            for key, value in joined[node.name].items()
        }
        found.append(Place(name=f"k3s.{cluster.name}", kind="k3s", address=address))
    return tuple(found)
