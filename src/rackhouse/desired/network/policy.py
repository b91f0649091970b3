"""Who may reach whom, as a small table that every dialect and the matrix read. Pure.

Inside a VLAN all is open: the switch forwards, no router sees it. Between VLANs nothing is, except
what `network.reach` lists; answers always come back. The router is a machine of its own VLAN and
is reached as one; to all VLANs it answers pings and whatever it serves them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from operator import itemgetter

from rackhouse.desired.network.fabric import home_of, router_node, vlans_of
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.rack.rules.finding import vlan_of
from rackhouse.rack.rules.wiring import OUTSIDE
from rackhouse.rack.values import Opening
from rackhouse.rack.words import Serves

# What is no address of the Internet: the provider's box and the house before it have such (RFC
# 1918, RFC 3927). A packet to one of them that would leave by the Internet's side is dropped.
PRIVATE = tuple(
    map(IPv4Network, ("10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"))
)
_MANAGEMENT = "management"


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """A port that a program listens on."""

    protocol: str  # tcp | udp
    number: int

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}"


DNS = (Port("tcp", 53), Port("udp", 53))
DHCP = Port("udp", 67)
SSH = Port("tcp", 22)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What one VLAN may open to another, or to the Internet: `every` port, or `ports`, sorted."""

    source: Vlan
    target: Vlan | None  # None: the Internet
    every: bool
    ports: tuple[Port, ...]

    def covers(self, port: Port) -> bool:
        """Whether this edge lets a connection to that port through."""
        return self.every or port in self.ports

    def numbers(self, protocol: str) -> tuple[int, ...]:
        """The port numbers of one protocol."""
        return tuple(port.number for port in self.ports if port.protocol == protocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All that the router enforces. Edges are merged: one for a pair of VLANs, sorted by id."""

    firewall: bool  # False: the router forwards everything
    vlans: tuple[Vlan, ...]
    edges: tuple[Edge, ...]
    management: Vlan | None  # the router's own VLAN, else that of this name, else the first
    dns: bool
    dhcp: tuple[Vlan, ...]  # those that are handed addresses


def policy(rack: Rack) -> Policy:
    """The rack's policy; the order of its file does not matter."""
    router = rack.network.router
    serves = frozenset(router.serves if router else ())
    hands_out = serves & {Serves.DHCP}
    return Policy(
        firewall=Serves.FIREWALL in serves,
        vlans=vlans_of(rack),
        edges=_edges(rack),
        management=_management(rack),
        dns=Serves.DNS in serves,
        dhcp=tuple(vlan for vlan in vlans_of(rack) if hands_out and handed_out(rack, vlan)),
    )


def handed_out(rack: Rack, vlan: Vlan) -> bool:
    """Whether a DHCP server has anything to say in a VLAN: a range, or a machine's own address."""
    return vlan.dhcp is not None or bool(reserved(rack, vlan))


def reserved(rack: Rack, vlan: Vlan) -> tuple[Node, ...]:
    """The machines of a VLAN whose address is fixed, by address, but for the router itself."""
    router = router_node(rack)
    fixed = [
        (node.address, node)
        for node in rack.nodes
        if node.address and node != router and home_of(rack, node) == vlan
    ]
    return tuple(node for _, node in sorted(fixed, key=itemgetter(0)))


def managed_in(rack: Rack) -> Vlan | None:
    """The VLAN that the switch is managed in: that of its address, else the router's own."""
    switch = rack.network.switch
    return vlan_of(rack, switch.address if switch else None) or _management(rack)


def _management(rack: Rack) -> Vlan | None:
    node = router_node(rack)
    own = home_of(rack, node) if node else None
    named = [vlan for vlan in vlans_of(rack) if vlan.name == _MANAGEMENT]
    return own or next(iter(named or vlans_of(rack)), None)


def _edges(rack: Rack) -> tuple[Edge, ...]:
    by_name = {vlan.name: vlan for vlan in rack.network.vlans}
    opened: dict[tuple[str, str], set[Opening]] = {}
    for reach in rack.network.reach:
        opened.setdefault((reach.source, reach.target), set()).update(reach.ports)
    edges = (
        _edge(by_name[source], None if target == OUTSIDE else by_name[target], openings)
        for (source, target), openings in opened.items()
        if openings
    )
    return tuple(sorted(edges, key=_place))


def _edge(source: Vlan, target: Vlan | None, openings: Iterable[Opening]) -> Edge:
    every = any(not opening.number for opening in openings)
    ports = {Port(opening.protocol, opening.number) for opening in openings}
    return Edge(
        source=source, target=target, every=every, ports=() if every else tuple(sorted(ports))
    )


def _place(edge: Edge) -> tuple[int, int]:
    return edge.source.id, edge.target.id if edge.target else 4096  # the Internet comes last
