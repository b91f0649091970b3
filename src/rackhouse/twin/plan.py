"""What a rack's twin is made of: machines, ports, VLANs, addresses. Pure: makes nothing.

What the rack file leaves open is filled in, always alike: a node without an address gets one of its
VLAN that DHCP does not hand out, a node without a switch port the next free one.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from rackhouse.desired.network.fabric import assumed, router_node
from rackhouse.kit.errors import Missing, Refused
from rackhouse.rack.model import Node, Rack, Router, Vlan
from rackhouse.rack.rules.finding import gateway_of, vlan_of
from rackhouse.rack.words import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One node: where it is plugged in, and what it is called there."""

    name: str
    role: str
    address: str  # 10.20.20.11
    prefix: int  # 24
    gateway: str
    vlan: int
    mac: str
    port: int  # of the switch, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The router's address in one VLAN."""

    vlan: int
    name: str
    address: str
    prefix: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything that there is to make, besides the rules."""

    rack: str
    machines: tuple[Machine, ...]
    gateways: tuple[Gateway, ...]
    uplink: int  # the switch port that carries every VLAN to the router
    router: str = ""  # the machine that routes; none: a box of its own, without SSH
    wan: str = "wan"  # the router's network cards
    trunk: str = "trunk"

    @property
    def desk(self) -> Machine | None:
        """Where people work: the machine from which others are reached."""
        return next((each for each in self.machines if each.role == Role.DEV), None)

    def machine(self, name: str) -> Machine:
        """The machine of that name, or Missing."""
        for each in self.machines:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.machines)
        raise Missing(f"the twin has no node {name!r}", fix=f"take one of {known}")


def complete(rack: Rack) -> Rack:
    """The rack with a switch, a router, and an address and a port for every node.

    Missing when it names no VLAN or no node; Refused when a subnet is full.
    """
    if not rack.network.vlans or not rack.nodes:
        lacks = "`nodes`" if rack.network.vlans else "`network.vlans`"
        raise Missing(
            f"the rack file has no {lacks}, so there is nothing to make a twin of",
            fix="describe the machines and VLANs of the rack; examples/racks/home.yaml has both",
        )
    node = router_node(replace(rack, network=replace(rack.network, router=_router(rack))))
    router = replace(_router(rack), node=node.name if node else "")
    network = replace(rack.network, router=router)
    return assumed(replace(rack, nodes=tuple(_addressed(rack)), network=network))


def layout(rack: Rack) -> Layout:
    """The twin of a completed rack."""
    switch, router = rack.network.switch, rack.network.router
    assert switch is not None
    assert router is not None
    return Layout(
        rack=rack.name,
        machines=tuple(_machine(rack, node) for node in rack.nodes),
        gateways=tuple(
            Gateway(
                vlan=vlan.id,
                name=vlan.name,
                address=str(gateway_of(vlan)),
                prefix=vlan.subnet.prefixlen,
            )
            for vlan in rack.network.vlans
        ),
        uplink=switch.uplink,
        router=router.node,
        wan=router.wan,
        trunk=router.trunk,
    )


def _machine(rack: Rack, node: Node) -> Machine:
    vlan = _home(rack, node)
    return Machine(
        name=node.name,
        role=str(node.role),
        address=str(node.address),
        prefix=vlan.subnet.prefixlen,
        gateway=str(gateway_of(vlan)),
        vlan=vlan.id,
        mac=node.wake.lower().replace("-", ":") or _mac(rack.name, node.name),
        port=node.port,
    )


def _mac(rack: str, name: str) -> str:
    """A locally administered address (IEEE 802: second bit of the first byte), always the same."""
    digest = hashlib.sha256(f"{rack}/{name}".encode()).digest()
    return ":".join(f"{byte:02x}" for byte in (2, *digest[:5]))


def _router(rack: Rack) -> Router:
    return rack.network.router or Router()


def _home(rack: Rack, node: Node) -> Vlan:
    """The VLAN of its address; else where most others of its role are; else the first."""
    if (vlan := vlan_of(rack, node.address)) is not None:
        return vlan
    others = Counter(
        vlan.name
        for other in rack.nodes
        if other.role == node.role and (vlan := vlan_of(rack, other.address)) is not None
    )
    name = others.most_common(1)[0][0] if others else rack.network.vlans[0].name
    return next(vlan for vlan in rack.network.vlans if vlan.name == name)


def _addressed(rack: Rack) -> Iterator[Node]:
    taken = {node.address for node in rack.nodes}
    for node in rack.nodes:
        vlan = _home(rack, node)
        if node.address is None or node.address not in vlan.subnet:
            address = _free(vlan, taken)
            taken.add(address)
            yield replace(node, address=address)
        else:
            yield node


def _free(vlan: Vlan, taken: set[IPv4Address | None]) -> IPv4Address:
    for address in vlan.subnet.hosts():
        handed_out = vlan.dhcp is not None and address in vlan.dhcp
        if address not in {*taken, gateway_of(vlan), vlan.virtual_ip} and not handed_out:
            return address
    raise Refused(
        f"the VLAN {vlan.name} has no address left outside DHCP",
        fix="give its nodes addresses, or make its `dhcp` range smaller",
    )
