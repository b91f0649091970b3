"""Rules about reaching the switch itself. Pure."""

from __future__ import annotations

from rackhouse.rack.model import Rack
from rackhouse.rack.rules.finding import Finding, Findings, gateway_of, vlan_of

_PATH = "network.switch.address"


def switch_without_address(rack: Rack) -> Findings:
    """Whoever speaks with a switch has to know where it is."""
    switch = rack.network.switch
    if switch and switch.system and switch.address is None:
        what = f"{switch.name} is spoken with, and nobody knows where it is"
        fix = "add `address:`, or delete `system:` when it has only a web page"
        yield Finding("network.switch", what, fix)


def switch_out_of_reach(rack: Rack) -> Findings:
    """A switch is a machine of one VLAN, with an address of its own there that stays."""
    switch = rack.network.switch
    address = switch.address if switch else None
    if address is None or not rack.network.vlans:
        return
    vlan = vlan_of(rack, address)
    if vlan is None:
        subnets = ", ".join(str(vlan.subnet) for vlan in rack.network.vlans)
        what, fix = f"{address} is in none of the subnets {subnets}", "give it one of a VLAN"
        yield Finding(_PATH, what, fix)
    elif address in (vlan.subnet.network_address, vlan.subnet.broadcast_address):
        yield Finding(_PATH, f"{address} is no machine's address in {vlan.subnet}", "take another")
    elif address == gateway_of(vlan):
        what = f"{address} is the gateway of the VLAN {vlan.name}"
        yield Finding(_PATH, what, "take another; the router has that one")
    elif vlan.dhcp and address in vlan.dhcp:
        what = f"{address} is in {vlan.dhcp}, which the VLAN {vlan.name} hands out"
        yield Finding(_PATH, what, "take one outside, or shorten the range")
