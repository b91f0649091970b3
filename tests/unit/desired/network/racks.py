"""Strategies: racks with a switch, VLANs and reach rules of every shape that can be compiled."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hypothesis import strategies as st

from rackhouse.rack import kinds
from rackhouse.rack.model import Network, Node, Rack, Reach, Router, Switch, Vlan
from rackhouse.rack.values import AddressRange
from rackhouse.rack.words import Role, Serves

_OPENINGS = st.sampled_from(["ssh", "dns", "https", "6443", "8472/udp", "22", "53", "any"]).map(
    kinds.OPENING.read
)


@st.composite
def wired(draw: st.DrawFn) -> Rack:
    """One to five VLANs, zero to six nodes in them, a router that may be a node of the rack."""
    vlans = tuple(_vlans(draw))
    count = draw(st.integers(0, 6))
    ports = draw(st.permutations(range(1, count + 4)))
    nodes = [
        _node(f"n{number}", draw(st.sampled_from(vlans)), 10 + number, ports[number])
        for number in range(count)
    ]
    router, uplink = None, 0
    if len(vlans) > 1 or draw(st.booleans()):
        uplink = ports[-1]
        if own := draw(st.none() | st.sampled_from(vlans)):
            last = draw(st.sampled_from([1, 9]))  # the gateway's address, or another
            gate = _node("gate", own, last, draw(st.sampled_from([0, uplink])))
            nodes.append(replace(gate, role=Role.ROUTER))
        serves = draw(st.lists(st.sampled_from(Serves), unique=True).map(tuple))
        router = Router(node=draw(st.sampled_from(["gate", ""])) if own else "", serves=serves)
    network = Network(
        router=router,
        switch=Switch(ports=count + 4, uplink=uplink),
        vlans=vlans,
        reach=tuple(_reaches(draw, vlans)) if router else (),
    )
    return Rack(network=network, nodes=tuple(draw(st.permutations(nodes))))


def turned(rack: Rack) -> Rack:
    """The same rack, with every list of its file the other way round."""
    network = rack.network
    reach = tuple(replace(each, ports=each.ports[::-1]) for each in network.reach[::-1])
    network = replace(network, vlans=network.vlans[::-1], reach=reach)
    return replace(rack, nodes=rack.nodes[::-1], network=network)


def _vlans(draw: st.DrawFn) -> list[Vlan]:
    ids = draw(st.lists(st.integers(1, 4094) | st.just(999), min_size=1, max_size=5, unique=True))
    found = []
    for number, id in enumerate(ids):
        subnet = IPv4Network(f"10.20.{number}.0/24")
        hands_out = AddressRange(subnet[100], subnet[200]) if draw(st.booleans()) else None
        gateway = draw(st.none() | st.just(IPv4Address(subnet[254])))
        name = draw(st.just(f"v{number}")) if number else "management"
        found.append(Vlan(name=name, id=id, subnet=subnet, dhcp=hands_out, gateway=gateway))
    return found


def _node(name: str, vlan: Vlan, last: int, port: int) -> Node:
    return Node(name=name, role=Role.AGENT, address=vlan.subnet[last], port=port)


def _reaches(draw: st.DrawFn, vlans: tuple[Vlan, ...]) -> list[Reach]:
    names = [vlan.name for vlan in vlans]
    pairs: st.SearchStrategy[Any] = st.tuples(
        st.sampled_from(names), st.sampled_from([*names, "internet"])
    ).filter(lambda pair: pair[0] != pair[1])
    openings = st.lists(_OPENINGS, min_size=1, max_size=3).map(tuple)
    return [
        Reach(source=source, target=target, ports=draw(openings))
        for source, target in draw(st.lists(pairs, max_size=6))
    ]
