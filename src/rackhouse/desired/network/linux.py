"""The fabric for Linux machines: systemd-networkd's files for a switch, and for a router. Pure.

Files are by path from the root of that machine. Interfaces are called as `Interfaces` says: give
real cards those names with a `.link` file, or say what they are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rackhouse.desired.network import dnsmasq, nftables
from rackhouse.desired.network.fabric import Fabric, Gateway, SwitchPort, Use, gateways_of
from rackhouse.desired.network.names import USUAL, Interfaces
from rackhouse.desired.network.policy import policy
from rackhouse.kit.errors import Missing
from rackhouse.rack.model import Rack, Vlan

Files = Mapping[str, str]
Section = tuple[str, tuple[str, ...]]

BRIDGE = "switch0"
RULES = "etc/rackhouse/reach.nft"
FOLDER = "etc/systemd/network"
_SERVICE = f"""\
# Nothing is forwarded until the rules are there; they are there before the first interface is.
[Unit]
Description=Rackhouse: who may reach whom
Wants=network-pre.target
Before=network-pre.target shutdown.target
DefaultDependencies=no
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /{RULES}
ExecStart=/usr/sbin/sysctl -q -w net.ipv4.ip_forward=1
ExecReload=/usr/sbin/nft -f /{RULES}

[Install]
WantedBy=sysinit.target
"""
STRICT = (  # a router believes no sender who is not where its answer would go
    ("net.ipv4.conf.all.rp_filter", "1"),
    ("net.ipv4.conf.default.rp_filter", "1"),
)


def switch(fabric: Fabric, management: Vlan, names: Interfaces = USUAL) -> Files:
    """A Linux machine as the switch: one bridge that filters VLANs, a file for each socket.

    The machine itself is in the management VLAN, with the address that the rack file says, else one
    by DHCP, and a link-local one.
    """
    bridge = _text(
        ("NetDev", (f"Name={BRIDGE}", "Kind=bridge")),
        ("Bridge", ("VLANFiltering=yes", "DefaultPVID=none")),
    )
    itself = _text(
        ("Match", (f"Name={BRIDGE}",)),
        ("Network", (*_own(fabric, management), "LinkLocalAddressing=ipv6", "IPv6AcceptRA=no")),
        _untagged(management.id),
    )
    files = {f"10-rackhouse-{BRIDGE}.netdev": bridge, f"20-rackhouse-{BRIDGE}.network": itself}
    for port in fabric.ports:
        name = names.socket(port.number)
        files[f"20-rackhouse-{name}.network"] = _text(*_socket(name, port))
    return {f"{FOLDER}/{name}": text for name, text in files.items()}


def router(rack: Rack, names: Interfaces = USUAL) -> Files:
    """A Linux machine as the router: an interface for each VLAN, addresses, rules, what it serves.

    Missing when the rack file describes no router, or no VLAN for it.
    """
    gateways, rules = gateways_of(rack), policy(rack)
    if not gateways:
        fix = "add `network.router` and `network.vlans`"
        raise Missing("the rack file describes no router between VLANs", fix=fix)
    files = {f"{FOLDER}/{name}": text for name, text in interfaces(gateways, names)}
    strict = "".join(f"{key} = {value}\n" for key, value in STRICT)
    files["etc/sysctl.d/60-rackhouse-router.conf"] = strict
    files[RULES] = nftables.render(rack, names)
    files["etc/systemd/system/rackhouse-reach.service"] = _SERVICE
    if rules.dns or rules.dhcp:
        files[dnsmasq.FILE] = dnsmasq.render(rack, names)
        files[f"etc/systemd/system/{dnsmasq.UNIT}"] = dnsmasq.SERVICE
    return files


def _own(fabric: Fabric, management: Vlan) -> tuple[str, ...]:
    if fabric.address is None:
        return ("DHCP=ipv4",)
    way_out = next((g.address for g in fabric.gateways if g.vlan == management), None)
    gateway = (f"Gateway={way_out}",) if way_out else ()
    return (f"Address={fabric.address}/{management.subnet.prefixlen}", *gateway)


def _socket(name: str, port: SwitchPort) -> Iterator[Section]:
    yield "Match", (f"Name={name}",)
    yield "Network", (f"Bridge={BRIDGE}", "LinkLocalAddressing=no")
    if port.use is Use.TRUNK:
        yield from (("BridgeVLAN", (f"VLAN={id}",)) for id in port.tagged)
    else:
        yield _untagged(port.untagged)


def _untagged(id: int) -> Section:
    return "BridgeVLAN", (f"VLAN={id}", f"PVID={id}", f"EgressUntagged={id}")


def interfaces(gateways: Iterable[Gateway], names: Interfaces) -> Iterator[tuple[str, str]]:
    """The router's: names and texts of systemd-networkd's files."""
    quiet = ("LinkLocalAddressing=no", "IPv6AcceptRA=no")
    vlans = tuple(f"VLAN={names.vlan(gate.vlan.id)}" for gate in gateways)
    trunk = _text(("Match", (f"Name={names.trunk}",)), ("Network", (*vlans, *quiet)))
    yield f"20-rackhouse-{names.trunk}.network", trunk
    kept = "KeepConfiguration=static"  # an address of the provider's that somebody has set
    wan = _text(("Match", (f"Name={names.wan}",)), ("Network", ("DHCP=ipv4", kept, *quiet)))
    yield f"20-rackhouse-{names.wan}.network", wan
    for gate in gateways:
        name = names.vlan(gate.vlan.id)
        device = (("NetDev", (f"Name={name}", "Kind=vlan")), ("VLAN", (f"Id={gate.vlan.id}",)))
        yield f"10-rackhouse-{name}.netdev", _text(*device)
        held = [gate.address, *([gate.own] if gate.own else [])]
        addresses = tuple(f"Address={address}/{gate.vlan.subnet.prefixlen}" for address in held)
        network = ("Network", (*addresses, "ConfigureWithoutCarrier=yes", *quiet))
        yield f"20-rackhouse-{name}.network", _text(("Match", (f"Name={name}",)), network)


def _text(*sections: Section) -> str:
    return "\n".join(
        "".join(f"{line}\n" for line in (f"[{name}]", *lines)) for name, lines in sections
    )
