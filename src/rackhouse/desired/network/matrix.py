"""Every machine against every other: what has to be open and what has to be closed. Pure.

It is worked out from the rack alone and knows no dialect, so that packets, or a dialect's text,
can be compared with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import permutations

from rackhouse.desired.network.fabric import home_of, router_node
from rackhouse.desired.network.policy import DHCP, DNS, Policy, Port, policy
from rackhouse.rack.model import Rack, Vlan
from rackhouse.rack.rules.wiring import OUTSIDE

Pair = tuple[str, str]  # who opens the connection, to whom; a node's name, or OUTSIDE


def pairs(rack: Rack) -> tuple[Pair, ...]:
    """Every ordered pair of nodes that are in a VLAN, and of each with the Internet where there
    is a router to it. By name.
    """
    nodes = sorted(node.name for node in rack.nodes if home_of(rack, node))
    return tuple(permutations([*nodes, *((OUTSIDE,) if rack.network.router else ())], 2))


def expected(rack: Rack, ports: Collection[Port]) -> Mapping[tuple[str, str, Port], bool]:
    """Whether (who, to whom, port) gets through, for each of `pairs` and `ports`.

    A router is meant by its own address. What comes from the Internet never gets through.
    """
    rules, router = policy(rack), router_node(rack)
    homes = {node.name: home_of(rack, node) for node in rack.nodes}

    def gets_through(source: str, target: str, port: Port) -> bool:
        if router and source == router.name:
            return True
        if (here := homes.get(source)) is None:  # the Internet
            return False
        if router and target == router.name and _served(rules, here, port):
            return True
        return may(rules, here, homes.get(target), port)

    return {
        (source, target, port): gets_through(source, target, port)
        for source, target in pairs(rack)
        for port in sorted(ports)
    }


def may(rules: Policy, source: Vlan, target: Vlan | None, port: Port) -> bool:
    """Whether a machine of one VLAN opens a port of one in another, or of the Internet (None)."""
    if not rules.firewall or source == target:
        return True
    return any(
        (edge.source, edge.target) == (source, target) and edge.covers(port) for edge in rules.edges
    )


def _served(rules: Policy, vlan: Vlan, port: Port) -> bool:
    return (rules.dns and port in DNS) or (port == DHCP and vlan in rules.dhcp)
