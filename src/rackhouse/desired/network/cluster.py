"""The ports of K3s, as facts, and what a cluster across VLANs has to be let through. Pure.

Source: K3s documentation, installation/requirements, "Networking". What a cluster cannot live
without is refused by the rack's own rule `cluster-cut-by-vlans`; here the whole list is, with what
each port is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rackhouse.desired.network.fabric import home_of
from rackhouse.desired.network.matrix import may
from rackhouse.desired.network.policy import Port, policy
from rackhouse.rack.model import Cluster, Node, Rack, Vlan
from rackhouse.rack.rules.finding import members
from rackhouse.rack.words import Role


class Who(StrEnum):
    """Which of a cluster's nodes."""

    SERVERS = "servers"
    NODES = "nodes"  # servers and agents


class When(StrEnum):
    """Whether every cluster needs it."""

    ALWAYS = "always"
    WIREGUARD = "with flannel's backend wireguard-native"
    SPEGEL = "with the embedded registry mirror"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A port that K3s listens on: who opens it, to whom, what for, and when it is needed."""

    ports: tuple[Port, ...]
    source: Who
    target: Who
    what: str
    when: When = When.ALWAYS


FACTS = (
    Fact(
        ports=(Port("tcp", 6443),),
        source=Who.NODES,
        target=Who.SERVERS,
        what="the API server; agents join here",
    ),
    Fact(
        ports=(Port("udp", 8472),),
        source=Who.NODES,
        target=Who.NODES,
        what="pods talk to pods (flannel's VXLAN); never open it to anybody else",
    ),
    Fact(
        ports=(Port("tcp", 10250),),
        source=Who.SERVERS,
        target=Who.NODES,
        what="logs, exec and metrics (kubelet)",
    ),
    Fact(
        ports=(Port("tcp", 2379), Port("tcp", 2380)),
        source=Who.SERVERS,
        target=Who.SERVERS,
        what="etcd, where there are several servers",
    ),
    Fact(
        ports=(Port("udp", 51820), Port("udp", 51821)),
        source=Who.NODES,
        target=Who.NODES,
        what="pods talk to pods (WireGuard)",
        when=When.WIREGUARD,
    ),
    Fact(
        ports=(Port("tcp", 5001),),
        source=Who.NODES,
        target=Who.NODES,
        what="nodes give each other images (Spegel); they also need 6443 among each other",
        when=When.SPEGEL,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a cluster wants let through between two VLANs, and whether it is."""

    cluster: str
    source: Vlan
    target: Vlan
    port: Port
    fact: Fact
    open: bool


def needs(rack: Rack) -> tuple[Need, ...]:
    """All of it, for every cluster with nodes in several VLANs; by cluster, VLANs and port."""
    found = {
        (each.cluster, each.source.id, each.target.id, each.port): each
        for cluster in rack.clusters
        for each in _needs(rack, cluster)
    }
    return tuple(found[key] for key in sorted(found))


def _needs(rack: Rack, cluster: Cluster) -> Iterator[Need]:
    rules = policy(rack)
    homes = [(node, vlan) for node in members(rack, cluster) if (vlan := home_of(rack, node))]
    for one, source in homes:
        for other, target in homes:
            for fact in FACTS if source != target else ():
                if _is(one, fact.source) and _is(other, fact.target):
                    for port in fact.ports:
                        yield Need(
                            cluster=cluster.name,
                            source=source,
                            target=target,
                            port=port,
                            fact=fact,
                            open=may(rules, source, target, port),
                        )


def _is(node: Node, who: Who) -> bool:
    return who is Who.NODES or node.role == Role.SERVER
