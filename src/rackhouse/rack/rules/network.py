"""Rules about VLANs and their addresses. Pure."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

from rackhouse.rack.model import Rack, Vlan
from rackhouse.rack.rules.finding import Finding, Findings, gateway_of, members, repeated
from rackhouse.rack.words import Role, Serves

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_INSIDE = {
    "the pods of K3s": IPv4Network("10.42.0.0/16"),
    "the services of K3s": IPv4Network("10.43.0.0/16"),
    "the containers of Docker": IPv4Network("172.17.0.0/16"),
}


def vlan_id_out_of_range(_: Rack, vlan: Vlan) -> Findings:
    """IEEE 802.1Q has twelve bits for the number; 0 means none and 4095 is reserved."""
    if not 1 <= vlan.id <= 4094:
        what = f"{vlan.id} is no VLAN id"
        yield Finding(f"network.vlans.{vlan.name}.id", what, "take a number from 1 to 4094")


def duplicate_vlan_id(rack: Rack) -> Findings:
    """Two VLANs with one number are one VLAN: their machines would see each other's frames."""
    pairs = [(vlan.id, f"network.vlans.{vlan.name}.id") for vlan in rack.network.vlans]
    for number, path, first in repeated(pairs):
        yield Finding(path, f"{number} is already {first}", "give each VLAN a number of its own")


def overlapping_subnets(rack: Rack) -> Findings:
    """A router sends each address one way only; of two VLANs that share it, one is cut off."""
    for one, other in combinations(rack.network.vlans, 2):
        if one.subnet.overlaps(other.subnet):
            what = f"{other.subnet} overlaps {one.subnet} of the VLAN {one.name}"
            fix = "take a subnet that no other VLAN has, such as the next /24"
            yield Finding(f"network.vlans.{other.name}.subnet", what, fix)


def subnet_not_private(_: Rack, vlan: Vlan) -> Findings:
    """Outside the ranges of RFC 1918 an address is somebody else's, whom you could not reach."""
    if not any(vlan.subnet.subnet_of(private) for private in _PRIVATE):
        what = f"{vlan.subnet} is not set aside for private networks"
        fix = "take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        yield Finding(f"network.vlans.{vlan.name}.subnet", what, fix)


def subnet_of_the_inside(_: Rack, vlan: Vlan) -> Findings:
    """K3s and Docker give these addresses to what runs inside machines; a machine that has one
    too is never reached from there.
    """
    for whose, inside in _INSIDE.items():
        if vlan.subnet.overlaps(inside):
            what = f"{vlan.subnet} overlaps {inside}, which {whose} use"
            yield Finding(f"network.vlans.{vlan.name}.subnet", what, "take another subnet")


def subnet_too_small(_: Rack, vlan: Vlan) -> Findings:
    """A subnet needs room for a gateway and at least one machine."""
    if vlan.subnet.prefixlen > 30:
        what = f"{vlan.subnet} has no room for a gateway and a machine"
        yield Finding(f"network.vlans.{vlan.name}.subnet", what, "take a /24, or a /30 at least")


def gateway_outside_subnet(_: Rack, vlan: Vlan) -> Findings:
    """Machines can only hand packets to a gateway that they reach without one."""
    ends = (vlan.subnet.network_address, vlan.subnet.broadcast_address)
    if vlan.gateway and (vlan.gateway not in vlan.subnet or vlan.gateway in ends):
        what = f"{vlan.gateway} is no machine's address in {vlan.subnet}"
        fix = f"take one inside, such as {vlan.subnet.network_address + 1}, or delete the key"
        yield Finding(f"network.vlans.{vlan.name}.gateway", what, fix)


def dhcp_outside_subnet(_: Rack, vlan: Vlan) -> Findings:
    """A machine that is handed an address of another subnet can talk to nobody."""
    if vlan.dhcp is None:
        return
    first, last = vlan.dhcp.first, vlan.dhcp.last
    if first <= vlan.subnet.network_address or last >= vlan.subnet.broadcast_address:
        what = f"{vlan.dhcp} is not inside {vlan.subnet}"
        fix = "keep it between the first and the last address, which are no machine's"
        yield Finding(f"network.vlans.{vlan.name}.dhcp", what, fix)


def dhcp_hands_out_the_gateway(_: Rack, vlan: Vlan) -> Findings:
    """Whoever is handed the gateway's address cuts the VLAN off."""
    if vlan.dhcp and gateway_of(vlan) in vlan.dhcp:
        what = f"the gateway {gateway_of(vlan)} is in {vlan.dhcp}"
        yield Finding(f"network.vlans.{vlan.name}.dhcp", what, "begin the range after it")


def dhcp_without_server(rack: Rack, vlan: Vlan) -> Findings:
    """Addresses are handed out by the router, when it is told to."""
    router = rack.network.router
    if vlan.dhcp and not (router and Serves.DHCP in router.serves):
        what = f"the VLAN {vlan.name} hands out addresses, but no router serves dhcp"
        fix = "add `network.router: {serves: [dhcp]}`, or delete the range"
        yield Finding(f"network.vlans.{vlan.name}.dhcp", what, fix)


def virtual_ip_outside_subnet(_: Rack, vlan: Vlan) -> Findings:
    """The servers announce it in their own VLAN; from another subnet nobody would hear them."""
    ends = (vlan.subnet.network_address, vlan.subnet.broadcast_address, gateway_of(vlan))
    if vlan.virtual_ip and (vlan.virtual_ip not in vlan.subnet or vlan.virtual_ip in ends):
        what = f"{vlan.virtual_ip} is no machine's address in {vlan.subnet}"
        yield Finding(f"network.vlans.{vlan.name}.virtual_ip", what, "take a free one inside")


def virtual_ip_in_dhcp_range(_: Rack, vlan: Vlan) -> Findings:
    """The day that the DHCP server hands it out, the cluster is gone."""
    if vlan.virtual_ip and vlan.dhcp and vlan.virtual_ip in vlan.dhcp:
        what = f"{vlan.virtual_ip} is in {vlan.dhcp}, which is handed out"
        yield Finding(f"network.vlans.{vlan.name}.virtual_ip", what, "take one outside the range")


def virtual_ip_without_servers(rack: Rack, vlan: Vlan) -> Findings:
    """A virtual address moves to another server when one fails; with one server it only adds
    something that can fail (k3s-ansible has a page of reports: #86, #272, #279).
    """
    if vlan.virtual_ip is None:
        return
    for cluster in rack.clusters:
        servers = members(rack, cluster, Role.SERVER)
        if sum(1 for node in servers if node.address and node.address in vlan.subnet) > 1:
            return
    what = "no cluster has several servers in this VLAN, so it could move nowhere"
    fix = "delete it, or give a cluster three servers here"
    yield Finding(f"network.vlans.{vlan.name}.virtual_ip", what, fix)
