"""Who is what in a cluster: its servers in the order in which they start, its agents after them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from rackhouse.desired.k3s.facts import HostFacts, Known
from rackhouse.desired.k3s.paths import on
from rackhouse.rack.model import Cluster, K3s, Node, Rack
from rackhouse.rack.rules.finding import members, vlan_of
from rackhouse.rack.words import Datastore, Role
from rackhouse.resources.core import Id

_QUORUM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One cluster. `nodes` are those that have joined, in the order in which they are changed:
    the founder, the other servers, the agents. `virtual_ip` is None below three servers.
    """

    rack: Rack
    cluster: Cluster
    setup: K3s
    nodes: tuple[Node, ...]
    etcd: bool
    alone: bool  # no other node takes over what runs on it
    virtual_ip: IPv4Address | None
    known: Known

    @property
    def founder(self) -> Node:
        """The server that begins the cluster and that every other node joins by."""
        return self.nodes[0]

    @property
    def servers(self) -> tuple[Node, ...]:
        """All that the rack file names, joined or not."""
        return tuple(members(self.rack, self.cluster, Role.SERVER))

    def facts(self, node: Node) -> HostFacts:
        """What is known of one of `nodes`."""
        return self.known.hosts[node.name]

    def unit(self, node: Node) -> Id:
        """The systemd unit that K3s runs in there."""
        return on(node.name, "unit", service(node))

    def previous(self, node: Node) -> frozenset[Id]:
        """The server that is up again before anything that stops this node's K3s is touched."""
        earlier = self.nodes[: self.nodes.index(node)]
        servers = [self.unit(each) for each in earlier if each.role == Role.SERVER]
        return frozenset(servers[-1:])

    def follows(self, node: Node) -> frozenset[Id]:
        """The agent before, unless it is out of sight: one that is dead holds up no other."""
        earlier = self.nodes[: self.nodes.index(node)]
        return frozenset(self.unit(each) for each in earlier[-1:] if each.role != Role.SERVER)


def service(node: Node) -> str:
    """`k3s` on servers and `k3s-agent` on all others: never the server's unit on an agent."""
    return "k3s" if node.role == Role.SERVER else "k3s-agent"


def layout(rack: Rack, cluster: Cluster, known: Known) -> Layout | None:
    """None where K3s is not set up, or where the founder has not joined: another must not begin."""
    servers = members(rack, cluster, Role.SERVER)
    if cluster.k3s is None or not servers:
        return None
    every = [node for name in cluster.nodes for node in rack.nodes if node.name == name]
    founder = founder_of(rack, cluster)
    if founder not in known.hosts:
        return None
    every.sort(key=lambda node: (node.role != Role.SERVER, node.name != founder))
    vlan = vlan_of(rack, every[0].address)
    return Layout(
        rack=rack,
        cluster=cluster,
        setup=cluster.k3s,
        nodes=tuple(node for node in every if node.name in known.hosts),
        etcd=keeps_etcd(rack, cluster),
        alone=len(every) == 1,
        virtual_ip=vlan.virtual_ip if vlan and len(servers) >= _QUORUM else None,
        known=known,
    )


def keeps_etcd(rack: Rack, cluster: Cluster) -> bool:
    """Whether the servers keep etcd; else the one keeps SQLite."""
    said = cluster.k3s is not None and cluster.k3s.datastore == Datastore.ETCD
    return said or len(members(rack, cluster, Role.SERVER)) > 1


def founder_of(rack: Rack, cluster: Cluster) -> str:
    """The first server of the cluster's list; "" where there is none.

    When it has died, another that lives is written first: then the new machine joins that one
    instead of beginning another cluster.
    """
    servers = {node.name for node in members(rack, cluster, Role.SERVER)}
    return next((name for name in cluster.nodes if name in servers), "")
