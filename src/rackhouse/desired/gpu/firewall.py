"""Who may reach a machine's models, on the machine itself: an nftables table of our own.

Docker sends what comes in for a published port on before any rule of an input chain sees it, so
these rules come before that. What is let through is counted: by it the machine knows that it is
used.
"""

from __future__ import annotations

from rackhouse.desired.gpu.servers import Server
from rackhouse.desired.network.fabric import home_of
from rackhouse.desired.network.matrix import may
from rackhouse.desired.network.policy import Port, policy
from rackhouse.rack.model import Node, Rack
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.host import Ruleset

TABLE, COUNTER = "rackhouse_models", "asked"


def firewall(rack: Rack, node: Node, servers: tuple[Server, ...]) -> Resource[Ruleset]:
    """The table of a machine with an address; `servers` are those that run there."""
    rules = [f"        {_rule(rack, node, server)}\n" for server in servers]
    ports = ", ".join(str(server.port) for server in servers)
    content = _TABLE.format(
        table=TABLE, counter=COUNTER, address=node.address, ports=ports, rules="".join(rules)
    )
    place = f"host.{node.name}"
    return Resource(
        id=Id(place, "ruleset", "models"),
        spec=Ruleset(TABLE, Text.of(content)),
        needs=frozenset({Id(place, "packages", "docker")}),
    )


def _rule(rack: Rack, node: Node, server: Server) -> str:
    """Whom a port is closed to: all but the VLANs that may reach it."""
    home, rules = home_of(rack, node), policy(rack)
    port = Port("tcp", server.port)
    if home is None:
        return f"tcp dport {server.port} accept"
    subnets = ", ".join(str(vlan.subnet) for vlan in rules.vlans if may(rules, vlan, home, port))
    return f"tcp dport {server.port} ip saddr != {{ {subnets} }} drop"


_TABLE = """\
table inet {table} {{
    counter {counter} {{ }}

    chain models {{
{rules}        counter name {counter}
    }}

    chain prerouting {{
        type filter hook prerouting priority mangle; policy accept;
        ip daddr {address} tcp dport {{ {ports} }} jump models
    }}
}}
"""
