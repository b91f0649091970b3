"""Names and the addresses that they lead to: machines, clusters, applications. Pure.

One list, which a DNS server turns into its own words. A machine's name wins over an application's.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from rackhouse.desired.network.fabric import gateways_of, home_of, router_node
from rackhouse.rack.complete import hosts_of, joins
from rackhouse.rack.model import Application, Cluster, Rack
from rackhouse.rack.rules.finding import members
from rackhouse.rack.words import Role


def machines(rack: Rack) -> dict[str, IPv4Address]:
    """Short names of nodes, switch and router, with their addresses; by name."""
    found = {node.name: node.address for node in rack.nodes if node.address}
    if (switch := rack.network.switch) and switch.address:
        found.setdefault(switch.name, switch.address)
    if rack.network.router and (address := router_address(rack)):
        found.setdefault(rack.network.router.name, address)
    return dict(sorted(found.items()))


def clusters(rack: Rack) -> dict[str, IPv4Address]:
    """`api.NAME.DOMAIN` of each cluster: its virtual IP, else its first server."""
    found = {f"api.{c.name}.{rack.domain}": entrance(rack, c) for c in rack.clusters}
    return {name: address for name, address in sorted(found.items()) if address}


def applications(rack: Rack) -> dict[str, IPv4Address]:
    """Host names of applications whose ingress has a known address; by name."""
    found = dict(sorted(_applications(rack)))
    for name in machines(rack):
        found.pop(f"{name}.{rack.domain}", None)
    return found


def shadowed(rack: Rack) -> tuple[str, ...]:
    """Applications' host names that are a machine's, so that they lead to the machine instead."""
    taken = {f"{name}.{rack.domain}" for name in machines(rack)}
    hosts = (host for application in rack.applications for host in hosts_of(rack, application))
    return tuple(sorted(taken.intersection(hosts)))


def ingress(rack: Rack) -> IPv4Address | None:
    """Where every name below the domain leads that nothing else says: the first cluster's entrance,
    or the only machine. None where that cannot be told.
    """
    if rack.clusters:
        return entrance(rack, rack.clusters[0])
    only = [node.address for node in rack.nodes if node != router_node(rack)]
    return only[0] if len(only) == 1 else None


def entrance(rack: Rack, cluster: Cluster) -> IPv4Address | None:
    """A cluster's virtual IP, else the lowest address of its servers (K3s's own ingress listens on
    every node).
    """
    servers = [node for node in members(rack, cluster, Role.SERVER) if joins(node)]
    vlans = [vlan for node in servers if (vlan := home_of(rack, node))]
    virtual = sorted(vlan.virtual_ip for vlan in vlans if vlan.virtual_ip)
    return next(iter([*virtual, *sorted(n.address for n in servers if n.address)]), None)


def router_address(rack: Rack) -> IPv4Address | None:
    """The router's own address: its node's, else that of its first VLAN."""
    node, gateways = router_node(rack), gateways_of(rack)
    if node and node.address:
        return node.address
    return gateways[0].address if gateways else None


def _applications(rack: Rack) -> Iterator[tuple[str, IPv4Address]]:
    for application in rack.applications:
        if address := _runs_at(rack, application):
            yield from ((host, address) for host in hosts_of(rack, application))


def _runs_at(rack: Rack, application: Application) -> IPv4Address | None:
    named = [cluster for cluster in rack.clusters if cluster.name == application.cluster]
    return entrance(rack, named[0]) if named else ingress(rack)
