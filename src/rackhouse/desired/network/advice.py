"""What a rack's network allows and yet makes life hard: advice, not refusals. Pure.

Each finding is something that people otherwise learn from a machine that hangs: an update that
times out, a clock that is off, a router that nobody can log in to any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.network import cluster, whereabouts
from rackhouse.desired.network.fabric import home_of, router_node, vlans_of
from rackhouse.desired.network.matrix import may
from rackhouse.desired.network.policy import DNS, SSH, Port, managed_in, policy
from rackhouse.rack.model import Node, Rack, Vlan
from rackhouse.rack.rules.finding import Finding
from rackhouse.rack.words import Role

_NEEDED = {  # by a machine that Rackhouse sets up, of the Internet
    Port("udp", 53): "names",
    Port("tcp", 80): "packages (Debian's and Raspberry Pi OS's sources are http)",
    Port("tcp", 443): "images and downloads",
    Port("udp", 123): "the time",
}


def findings(rack: Rack) -> tuple[Finding, ...]:
    """All of it, in the order of the file's parts."""
    if not rack.network.vlans:
        return ()
    return (*_unmanaged(rack), *_alone(rack), *_cluster(rack), *_shadowed(rack))


def _unmanaged(rack: Rack) -> Iterator[Finding]:
    """People work at nodes of role dev, and set the others up from there over SSH."""
    rules, router = policy(rack), router_node(rack)
    desks = _homes(rack, [node for node in rack.nodes if node.role == Role.DEV])
    for target, names in _set_up(rack):
        if desks and not any(may(rules, desk, target, SSH) for desk in desks):
            whom = ", ".join(names) + (", the router itself" if _in(router, names) else "")
            what = f"nobody sets up {whom} from a desk: no desk may open SSH to {target.name}"
            yield _reach(desks[0], target.name, ["ssh"], what)


def _set_up(rack: Rack) -> Iterator[tuple[Vlan, list[str]]]:
    """What Rackhouse sets up over SSH, by VLAN: machines, and the switch that is spoken with."""
    switch = rack.network.switch
    for vlan in vlans_of(rack):
        names = [
            node.name
            for node in rack.nodes
            if home_of(rack, node) == vlan and node.role != Role.DEV
        ]
        if switch and switch.system and managed_in(rack) == vlan:
            names.append(switch.name)
        if names:
            yield vlan, names


def _alone(rack: Rack) -> Iterator[Finding]:
    """Without these, a machine cannot be kept up to date, nor tell a certificate's age."""
    if rack.network.router is None:
        return
    rules = policy(rack)
    managed = [node for node in rack.nodes if node.role not in {Role.DEV, Role.ROUTER}]
    for vlan in _homes(rack, managed):
        served = DNS if rules.dns else ()  # by the router itself
        asked = [port for port in _NEEDED if port not in served]
        closed = [port for port in asked if not may(rules, vlan, None, port)]
        if closed:
            lacks = "; ".join(f"{port.number}, {_NEEDED[port]}" for port in closed)
            words = [_words(port) for port in closed]
            what = f"machines in {vlan.name} do not get from the Internet: {lacks}"
            yield _reach(vlan, "internet", words, what)


def _cluster(rack: Rack) -> Iterator[Finding]:
    """What some settings of K3s need between VLANs; what all need, a rule of the rack demands."""
    closed: dict[tuple[str, cluster.When], list[cluster.Need]] = {}
    for need in cluster.needs(rack):
        if not need.open and need.fact.when is not cluster.When.ALWAYS:
            closed.setdefault((need.cluster, need.fact.when), []).append(need)
    for (name, when), missing in closed.items():
        ports = ", ".join(sorted({str(need.port) for need in missing}))
        between = sorted({f"{need.source.name} to {need.target.name}" for need in missing})
        what = f"{when}, the cluster {name} also needs {ports} from {', '.join(between)}"
        yield Finding("network.reach", what, "add them when you turn that on")


def _shadowed(rack: Rack) -> Iterator[Finding]:
    for host in whereabouts.shadowed(rack):
        what = f"{host} is a machine, so the application of that name is not found by it"
        yield Finding("applications", what, "rename one of them, or give the application `hosts`")


def _homes(rack: Rack, nodes: list[Node]) -> list[Vlan]:
    return [vlan for vlan in vlans_of(rack) if any(home_of(rack, node) == vlan for node in nodes)]


def _in(node: Node | None, names: list[str]) -> bool:
    return node is not None and node.name in names


def _words(port: Port) -> str:
    known = {53: "dns", 80: "http", 443: "https", 123: "ntp"}
    return known[port.number]


def _reach(source: Vlan, target: str, ports: list[str], what: str) -> Finding:
    said = f"{{from: {source.name}, to: {target}, ports: [{', '.join(ports)}]}}"
    return Finding("network.reach", what, f"add `- {said}`")
