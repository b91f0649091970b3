"""A small firewall that reads the text of rules and judges packets, as Linux would.

It knows nothing of racks, so that it can contradict the compiler. What it does not understand it
refuses, so that no rule is silently left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True, kw_only=True)
class Packet:
    """The first packet of a connection, unless `state` says otherwise."""

    iif: str
    oif: str = ""  # "" : to the router itself
    source: IPv4Address
    target: IPv4Address
    protocol: str = "tcp"
    port: int = 0
    state: str = "new"


def accepts(text: str, packet: Packet) -> bool:
    """Whether the table `rackhouse_reach` of a file lets a packet through. Without it, all does."""
    hook = "forward" if packet.oif else "input"
    table = re.search(r"^table inet rackhouse_reach \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    if table is None:
        return True
    chain = re.search(rf"^\tchain {hook} \{{\n(.*?)^\t\}}", table[1], re.MULTILINE | re.DOTALL)
    assert chain is not None, f"no chain {hook}"
    head, *rules = (line.strip() for line in chain[1].splitlines())
    for rule in rules:
        match, verdict = rule.rsplit(" ", 1)
        assert verdict in {"accept", "drop"}, rule
        if _matches(match, packet):
            return verdict == "accept"
    assert head.endswith("policy drop;"), head
    return False


_TERM = re.compile(
    r"(iifname|oifname|ip saddr|ip daddr|tcp dport|udp dport|ct state|icmp type|meta nfproto)"
    r" (!= )?(\{[^}]*\}|\S+) ?"
)


def _matches(rule: str, packet: Packet) -> bool:
    at = 0
    while at < len(rule):
        term = _TERM.match(rule, at)
        assert term is not None, f"not understood: {rule[at:]!r}"
        key, negated, said = term.groups()
        values = [value.strip(' "') for value in said.strip("{}").split(",")]
        if any(_fits(key, value, packet) for value in values) == bool(negated):
            return False
        at = term.end()
    return True


def _fits(key: str, value: str, packet: Packet) -> bool:
    match key:
        case "iifname":
            return value == packet.iif
        case "oifname":
            return value == packet.oif
        case "ip saddr":
            return packet.source in IPv4Network(value)
        case "ip daddr":
            return packet.target in IPv4Network(value)
        case "ct state":
            return value == packet.state
        case "icmp type":
            return (packet.protocol, value) == ("icmp", "echo-request")
        case "meta nfproto":
            return value == "ipv4"
        case _:
            return (key.split(maxsplit=1)[0], int(value)) == (packet.protocol, packet.port)
