"""Addresses and private names from the router, as files for dnsmasq. Pure.

Every machine of the rack file is given the address that the file says: by its MAC address where
that is known, else by the host name that it asks with. Names below the rack's domain never leave.
What a visitor calls itself is a name below `dhcp.DOMAIN`, so that it can stand in for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.network import whereabouts
from rackhouse.desired.network.fabric import gateways_of
from rackhouse.desired.network.names import USUAL, Interfaces
from rackhouse.desired.network.policy import Policy, policy, reserved
from rackhouse.rack.model import Node, Rack, Vlan

FILE = "etc/rackhouse/dnsmasq.conf"
UNIT = "rackhouse-dnsmasq.service"
_LEASE = "12h"
# Of our own: the one of the package `dnsmasq` starts at once, whatever it is to serve.
SERVICE = f"""\
[Unit]
Description=Rackhouse: addresses and names
Wants=network.target
After=network.target

[Service]
ExecStart=/usr/sbin/dnsmasq --keep-in-foreground --conf-file=/{FILE}
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""


def render(rack: Rack, names: Interfaces = USUAL) -> str:
    """What lies in `FILE`. What a router does not serve is switched off."""
    rules = policy(rack)
    lines = [
        f"# Addresses and names on the rack {rack.name}. Rackhouse writes this file anew.",
        "bind-dynamic",
        *(f"interface={names.vlan(vlan.id)}" for vlan in rules.vlans),
    ]
    lines += _names(rack) if rules.dns else ["port=0"]
    if rules.dhcp:
        lines += ["", "dhcp-authoritative", "dhcp-fqdn", f"domain=dhcp.{rack.domain}"]
        lines += [f"dhcp-option=option:domain-name,{rack.domain}"]
    for vlan in rules.dhcp:
        lines += ["", *_vlan(rack, rules, vlan)]
    return "\n".join(lines) + "\n"


def _names(rack: Rack) -> Iterator[str]:
    domain = rack.domain
    yield from (f"local=/{domain}/", "domain-needed", "bogus-priv", "no-hosts")
    yield ""
    for name, address in whereabouts.machines(rack).items():
        yield f"host-record={name}.{domain},{name},{address}"
    for name, address in whereabouts.clusters(rack).items():
        yield f"host-record={name},{address}"
    for name, address in whereabouts.applications(rack).items():
        yield f"host-record={name},{address}"
    if everything_else := whereabouts.ingress(rack):
        yield f"address=/{domain}/{everything_else}"


def _vlan(rack: Rack, rules: Policy, vlan: Vlan) -> Iterator[str]:
    mask, tag = vlan.subnet.netmask, vlan.name
    (gateway,) = (gate.address for gate in gateways_of(rack) if gate.vlan == vlan)
    if vlan.dhcp:
        yield f"dhcp-range=set:{tag},{vlan.dhcp.first},{vlan.dhcp.last},{mask},{_LEASE}"
    else:  # for the machines of the file alone
        yield f"dhcp-range=set:{tag},{vlan.subnet.network_address},static,{mask},{_LEASE}"
    yield f"dhcp-option=tag:{tag},option:router,{gateway}"
    if rules.dns:
        yield f"dhcp-option=tag:{tag},option:dns-server,{gateway}"
    yield from (_reservation(node) for node in reserved(rack, vlan))


def _reservation(node: Node) -> str:
    who = f"{node.wake},{node.name}" if node.wake else node.name
    return f"dhcp-host={who},{node.address}"
