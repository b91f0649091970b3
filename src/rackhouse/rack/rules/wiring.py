"""Rules about the switch, the router, and who may reach whom. Pure."""

from __future__ import annotations

from rackhouse.kit.text import did_you_mean
from rackhouse.rack.model import Cluster, Node, Rack, Reach, Vlan
from rackhouse.rack.rules.finding import (
    Finding,
    Findings,
    may_reach,
    members,
    node_named,
    repeated,
    vlan_of,
)
from rackhouse.rack.words import Flannel, Role, Serves

OUTSIDE = "internet"
_PODS = {
    Flannel.VXLAN: ((8472, "udp"),),
    Flannel.WIREGUARD: ((51820, "udp"),),
    Flannel.HOST_GW: (),  # their own addresses, in one subnet
}


def switch_port_out_of_range(rack: Rack) -> Findings:
    """A switch has as many ports as it has."""
    if (switch := rack.network.switch) is None:
        return
    pairs = [(node.port, f"nodes.{node.name}.port") for node in rack.nodes]
    for port, path in [*pairs, (switch.uplink, "network.switch.uplink")]:
        if port > switch.ports:
            what = f"port {port} of a switch with {switch.ports}"
            yield Finding(path, what, "count again, or correct `network.switch.ports`")


def duplicate_switch_port(rack: Rack) -> Findings:
    """One socket takes one plug."""
    pairs = [(node.port, f"nodes.{node.name}.port") for node in rack.nodes if node.port]
    for port, path, first in repeated(pairs):
        yield Finding(path, f"{port} is already {first}", "look which one is plugged in there")


def node_on_the_uplink(rack: Rack, node: Node) -> Findings:
    """The uplink carries every VLAN with its tag; only the router understands that."""
    switch, router = rack.network.switch, rack.network.router
    is_router = node.role == Role.ROUTER or (router is not None and router.node == node.name)
    if switch and node.port and node.port == switch.uplink and not is_router:
        what = f"port {node.port} is the uplink to the router"
        yield Finding(f"nodes.{node.name}.port", what, "plug it in elsewhere")


def port_without_switch(rack: Rack, node: Node) -> Findings:
    """A port belongs to a switch, and the file names none."""
    if node.port and rack.network.switch is None:
        what = f"port {node.port} of which switch?"
        fix = "add `network.switch: {ports: 16}`, or delete the port"
        yield Finding(f"nodes.{node.name}.port", what, fix)


def router_on_unknown_node(rack: Rack) -> Findings:
    """The router's rules are set up on that node."""
    router = rack.network.router
    if router and router.node and node_named(rack, router.node) is None:
        near = did_you_mean(router.node, [node.name for node in rack.nodes])
        what, fix = f"there is no node {router.node!r}", near.strip() or "add it under `nodes`"
        yield Finding("network.router.node", what, fix)


def vlans_without_router(rack: Rack) -> Findings:
    """VLANs are apart until something routes between them; not even the Internet is reached."""
    if len(rack.network.vlans) > 1 and rack.network.router is None:
        what = f"{len(rack.network.vlans)} VLANs, and nothing connects them"
        fix = "add `network.router: {serves: [dhcp, dns, firewall]}`"
        yield Finding("network.vlans", what, fix)


def reach_without_firewall(rack: Rack) -> Findings:
    """What is not permitted is only blocked where something blocks."""
    router = rack.network.router
    if rack.network.reach and router and Serves.FIREWALL not in router.serves:
        what = "the router serves no firewall, so anyone reaches everything"
        yield Finding("network.router.serves", what, "add `firewall` to it, or delete `reach`")


def reach_of_unknown_vlan(rack: Rack, at: tuple[int, Reach]) -> Findings:
    """A permission for nobody is a mistyped permission for somebody."""
    number, reach = at
    known = [vlan.name for vlan in rack.network.vlans]
    for key, name, may in (
        ("from", reach.source, known),
        ("to", reach.target, [*known, OUTSIDE]),
    ):
        if name not in may:
            near = did_you_mean(name, may).strip()
            fix = near or f"take one of {', '.join(may) or 'the VLANs, of which there are none'}"
            yield Finding(f"network.reach[{number}].{key}", f"there is no VLAN {name!r}", fix)


def reach_within_a_vlan(_: Rack, at: tuple[int, Reach]) -> Findings:
    """Machines of one VLAN reach each other through the switch; no router sees it."""
    number, reach = at
    if reach.source == reach.target:
        what = f"{reach.source} reaches itself anyway, on every port"
        yield Finding(f"network.reach[{number}]", what, "delete it")


def cluster_cut_by_vlans(rack: Rack, cluster: Cluster) -> Findings:
    """Agents join at 6443 of a server, pods talk over VXLAN (8472/udp) or WireGuard (51820/udp),
    nodes hand each other images at 5001, servers read logs at 10250 and share etcd at 2379 and 2380
    (K3s documentation, installation/requirements). A node that is cut off from one of them joins
    and then does not work.
    """
    nodes = [(node, vlan) for node in members(rack, cluster) if (vlan := _vlan(rack, node))]
    missing: dict[tuple[str, str], set[str]] = {}
    for one, source in nodes:
        for other, target in nodes:
            for port, protocol in _needs(cluster, one, other):
                if not may_reach(rack, source, target, port, protocol):
                    opening = f"{port}/udp" if protocol == "udp" else str(port)
                    missing.setdefault((source.name, target.name), set()).add(opening)
    for (source_name, target_name), openings in missing.items():
        ports = ", ".join(sorted(openings, key=lambda opening: int(opening.split("/")[0])))
        what = f"nodes of {cluster.name} in {source_name} cannot reach those in {target_name}"
        fix = f"add `- {{from: {source_name}, to: {target_name}, ports: [{ports}]}}`"
        yield Finding("network.reach", what, fix)


def _vlan(rack: Rack, node: Node) -> Vlan | None:
    return vlan_of(rack, node.address)


def _needs(cluster: Cluster, one: Node, other: Node) -> list[tuple[int, str]]:
    ports = list(_PODS[cluster.k3s.flannel]) if cluster.k3s else [(8472, "udp")]
    if cluster.k3s:
        ports.append((5001, "tcp"))  # nodes hand images to each other
    if other.role == Role.SERVER:
        ports.append((6443, "tcp"))
    if one.role == Role.SERVER:
        ports.append((10250, "tcp"))
    if one.role == other.role == Role.SERVER:
        ports += [(2379, "tcp"), (2380, "tcp")]
    return ports
