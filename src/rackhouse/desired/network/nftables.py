"""The policy as nftables rules of a Linux router. Pure; made for nft 1.0.6 (Debian 12) or newer.

`inet rackhouse_reach` says who may reach whom; IPv6, which the rack file does not know, goes
nowhere. `inet rackhouse_internet` gives what leaves to the Internet the router's own address.
`nft -f` replaces both in one transaction; other tables are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rackhouse.desired.network.fabric import gateways_of
from rackhouse.desired.network.names import USUAL, Interfaces
from rackhouse.desired.network.policy import DHCP, PRIVATE, Edge, Policy, policy
from rackhouse.rack.model import Rack

REACH = "rackhouse_reach"
INTERNET = "rackhouse_internet"


def render(rack: Rack, names: Interfaces = USUAL) -> str:
    """The rules as one file for `nft -f`. A router without a firewall only gets the second table,
    and is rid of the first.
    """
    made = tables(rack, names)
    lines = [f"# Who may reach whom on the rack {rack.name}. Rackhouse writes this file anew."]
    for name in (REACH, INTERNET):
        # Made first, because only newer versions can destroy what may not be there.
        lines += ["", f"table inet {name}", f"delete table inet {name}"]
        lines += [made[name].rstrip()] if name in made else []
    return "\n".join(lines) + "\n"


def tables(rack: Rack, names: Interfaces = USUAL) -> Mapping[str, str]:
    """The tables by name, each as the text that makes it. Without a firewall, the second alone."""
    rules = policy(rack)
    found = {INTERNET: _table(INTERNET, [_masquerade(rules, names), _fitting(names)])}
    if rules.firewall:
        found[REACH] = _table(REACH, [_input(rack, rules, names), _forward(rules, names)])
    return found


def _table(name: str, chains: Sequence[Iterable[str]]) -> str:
    lines = [f"table inet {name} {{"]
    for number, chain in enumerate(chains):
        lines += [""] if number else []
        lines += [f"\t{line}".rstrip() for line in chain]
    return "\n".join([*lines, "}"]) + "\n"


def _chain(name: str, head: str, rules: Iterable[str]) -> Iterator[str]:
    yield f"chain {name} {{"
    yield f"\t{head}"
    yield from (f"\t{rule}" for rule in rules)
    yield "}"


_ANSWERS = ("ct state invalid drop", "ct state { established, related } accept")


def _input(rack: Rack, rules: Policy, names: Interfaces) -> Iterator[str]:
    """To the router itself. What is not said here, such as all from the Internet, is dropped."""
    inside = _set(names.vlan(vlan.id) for vlan in rules.vlans)
    found = ['iifname "lo" accept', *_ANSWERS]
    if rules.vlans:
        found.append(f"iifname {inside} icmp type echo-request accept")
    if rules.dhcp:
        asking = _set(names.vlan(vlan.id) for vlan in rules.dhcp)
        found.append(f"iifname {asking} udp dport {DHCP.number} accept")
    if rules.dns and rules.vlans:
        found += [f"iifname {inside} {protocol} dport 53 accept" for protocol in ("tcp", "udp")]
    found += _own_vlan(rack, rules, names)
    yield from _chain("input", "type filter hook input priority filter; policy drop;", found)


def _own_vlan(rack: Rack, rules: Policy, names: Interfaces) -> Iterator[str]:
    if rules.management is None:
        return
    yield f'iifname "{names.vlan(rules.management.id)}" accept'
    (home,) = (gate for gate in gateways_of(rack) if gate.vlan == rules.management)
    to = f"ip daddr {home.own or home.address}"
    for edge in rules.edges:
        if edge.target == rules.management:
            yield from _opened(f'iifname "{names.vlan(edge.source.id)}" {to}', edge)


def _forward(rules: Policy, names: Interfaces) -> Iterator[str]:
    """Between VLANs, and to the Internet: what is listed, and no more."""
    found = ["meta nfproto ipv6 drop", *_ANSWERS]
    found += [  # nobody speaks for another VLAN
        f'iifname "{names.vlan(vlan.id)}" ip saddr != {vlan.subnet} drop' for vlan in rules.vlans
    ]
    found.append(f'oifname "{names.wan}" ip daddr {_set(PRIVATE, quote=False)} drop')
    for edge in rules.edges:
        out = names.vlan(edge.target.id) if edge.target else names.wan
        found += _opened(f'iifname "{names.vlan(edge.source.id)}" oifname "{out}"', edge)
    yield from _chain("forward", "type filter hook forward priority filter; policy drop;", found)


def _opened(match: str, edge: Edge) -> Iterator[str]:
    if edge.every:
        yield f"{match} accept"
    for protocol in ("tcp", "udp"):
        if numbers := edge.numbers(protocol):
            yield f"{match} {protocol} dport {_set(numbers, quote=False)} accept"


def _masquerade(rules: Policy, names: Interfaces) -> Iterator[str]:
    head = "type nat hook postrouting priority srcnat; policy accept;"
    subnets = _set((vlan.subnet for vlan in rules.vlans), quote=False)
    out = f'oifname "{names.wan}" ip saddr {subnets} masquerade'
    yield from _chain("postrouting", head, [out] if rules.vlans else [])


def _fitting(names: Interfaces) -> Iterator[str]:
    """A provider's line may take smaller packets than a network card (PPPoE): say so at once."""
    head = "type filter hook forward priority mangle; policy accept;"
    fit = "tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu"
    yield from _chain("forward", head, [f'oifname "{names.wan}" {fit}'])


def _set(values: Iterable[object], *, quote: bool = True) -> str:
    words = [f'"{value}"' if quote else str(value) for value in values]
    return words[0] if len(words) == 1 else "{ " + ", ".join(words) + " }"
