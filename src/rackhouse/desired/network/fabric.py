"""What the switch and the router have to be: every port's VLANs, every VLAN's gateway. Pure.

All dialects start from here, so that they cannot disagree. Nothing is assumed silently: `fabric`
refuses a rack that leaves something open, `assumed` makes one that leaves nothing open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address

from rackhouse.kit.errors import FileError, Problem
from rackhouse.rack.model import Node, Rack, Switch, Vlan
from rackhouse.rack.rules.finding import gateway_of, vlan_of
from rackhouse.rack.words import Role

RULES: Mapping[str, str] = {  # what `fabric` refuses, and why
    "no-switch": "Ports are those of a switch, and the file describes none.",
    "no-uplink": "VLANs meet at the router; the port that leads to it carries them all.",
    "no-vlans": "Without VLANs there is nothing to tell a switch.",
    "node-without-port": "A port has the VLAN of the machine in it, so which one must be said.",
    "node-without-vlan": "A machine's VLAN is known by its address.",
}
_PARKING = 999  # what network textbooks call the black hole; nothing routes it


class Use(StrEnum):
    """What a switch port is for."""

    ACCESS = "access"  # one machine, which knows nothing of VLANs
    TRUNK = "trunk"  # the router: every VLAN, each frame with its tag
    FREE = "free"  # nothing is plugged in: parked where nobody answers


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPort:
    """One socket. `untagged` is its PVID: the VLAN of frames without a tag, in and out.

    On a trunk that is the parking VLAN: who can should refuse untagged frames there.
    """

    number: int
    use: Use
    untagged: int
    tagged: tuple[int, ...] = ()
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The router's address in a VLAN, and its own there where that is another one."""

    vlan: Vlan
    address: IPv4Address
    own: IPv4Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """The switch with all its ports, by number; VLANs and gateways by VLAN id."""

    rack: str
    switch: str
    router: str  # "": none
    vlans: tuple[Vlan, ...]
    ports: tuple[SwitchPort, ...]
    gateways: tuple[Gateway, ...]
    parking: int  # the VLAN id of free ports; none of the rack's
    address: IPv4Address | None = None  # the switch's own, where it is managed


def fabric(rack: Rack, file: str = "rack.yaml") -> Fabric:
    """What switch and router have to be. FileError names what the rack leaves open."""
    problems = list(_open_questions(rack))
    if problems:
        raise FileError(file, problems)
    switch, router = rack.network.switch, rack.network.router
    assert switch is not None, "an open question"
    parking = _parking(rack)
    return Fabric(
        rack=rack.name,
        switch=switch.name,
        router=router.name if router else "",
        vlans=vlans_of(rack),
        ports=tuple(_port(rack, number, parking) for number in range(1, switch.ports + 1)),
        gateways=gateways_of(rack),
        parking=parking,
        address=switch.address,
    )


def assumed(rack: Rack) -> Rack:
    """The rack with a switch, and every node and the router plugged in: for a twin, where cables
    cost nothing. What the file says stays as it is.
    """
    switch, router = rack.network.switch or Switch(ports=1), router_node(rack)
    taken = {node.port for node in rack.nodes} | {switch.uplink}
    free = (number for number in range(1, 1001) if number not in taken)
    uplink = switch.uplink or (router.port if router else 0)
    if rack.network.router and not uplink:
        uplink = next(free)
    nodes = tuple(
        replace(node, port=node.port or (uplink if node == router else next(free)))
        for node in rack.nodes
    )
    ports = max([switch.ports, uplink, *(node.port for node in nodes)])
    switch = replace(switch, ports=ports, uplink=uplink)
    return replace(rack, nodes=nodes, network=replace(rack.network, switch=switch))


def vlans_of(rack: Rack) -> tuple[Vlan, ...]:
    """The rack's VLANs by id, in whatever order the file has them."""
    return tuple(sorted(rack.network.vlans, key=lambda vlan: vlan.id))


def home_of(rack: Rack, node: Node) -> Vlan | None:
    """The VLAN that a node is in: that of its address, or the only one that there is."""
    if node.address is None and len(rack.network.vlans) == 1:
        return rack.network.vlans[0]
    return vlan_of(rack, node.address)


def router_node(rack: Rack) -> Node | None:
    """The node that connects the VLANs; None where nothing does, or a box that nobody sets up."""
    router = rack.network.router
    if router is None:
        return None
    fits = [
        node
        for node in sorted(rack.nodes, key=lambda node: node.name)
        if node.name == router.node or (node.role == Role.ROUTER and not router.node)
    ]
    return fits[0] if fits else None


def gateways_of(rack: Rack) -> tuple[Gateway, ...]:
    """The router's addresses, by VLAN id; none without a router."""
    if rack.network.router is None:
        return ()
    node = router_node(rack)
    home = home_of(rack, node) if node else None
    found = []
    for vlan in vlans_of(rack):
        address = gateway_of(vlan)
        own = node.address if node and vlan is home and node.address != address else None
        found.append(Gateway(vlan=vlan, address=address, own=own))
    return tuple(found)


def _port(rack: Rack, number: int, parking: int) -> SwitchPort:
    node = next((node for node in rack.nodes if node.port == number), None)
    if number in _trunks(rack):
        whose = node or router_node(rack)
        tagged = tuple(vlan.id for vlan in vlans_of(rack))
        name = whose.name if whose else ""
        return SwitchPort(number=number, use=Use.TRUNK, untagged=parking, tagged=tagged, node=name)
    home = home_of(rack, node) if node else None
    switch = rack.network.switch
    if node is None and switch and switch.uplink == number:  # one VLAN, and a box that knows none
        home = vlans_of(rack)[0]
    if home is None:
        return SwitchPort(number=number, use=Use.FREE, untagged=parking)
    name = node.name if node else ""
    return SwitchPort(number=number, use=Use.ACCESS, untagged=home.id, node=name)


def _trunks(rack: Rack) -> set[int]:
    """The ports that carry tags: none where there is one VLAN and no router that we set up."""
    router, switch = router_node(rack), rack.network.switch
    if router is None and len(rack.network.vlans) < 2:
        return set()
    return {switch.uplink if switch else 0, router.port if router else 0} - {0}


def _parking(rack: Rack) -> int:
    used = {vlan.id for vlan in rack.network.vlans}
    ids: Iterable[int] = (*range(_PARKING, 4095), *range(2, _PARKING))
    return next(id for id in ids if id not in used)


def _open_questions(rack: Rack) -> Iterator[Problem]:
    switch = rack.network.switch
    if switch is None:
        fix = "add `network.switch: {ports: 16, uplink: 16}`"
        yield _problem(0, "network.switch", "no-switch", "the file describes no switch", fix)
        return
    if not rack.network.vlans:
        fix = "add `network.vlans: {home: {id: 10, subnet: 10.20.10.0/24}}`"
        yield _problem(0, "network.vlans", "no-vlans", "the file describes no VLAN", fix)
        return
    router = router_node(rack)
    if rack.network.router and not switch.uplink and not (router and router.port):
        what, fix = "no port leads to the router", f"add `uplink: {switch.ports}` to the switch"
        yield _problem(0, "network.switch.uplink", "no-uplink", what, fix)
    yield from _loose_nodes(rack, [node for node in rack.nodes if node != router])


def _loose_nodes(rack: Rack, nodes: Iterable[Node]) -> Iterator[Problem]:
    for node in nodes:
        path = f"nodes.{node.name}"
        if not node.port:
            what, fix = "it is plugged in nowhere", "add `port:`, its number on the switch"
            yield _problem(node.line, path, "node-without-port", what, fix)
        elif home_of(rack, node) is None:
            what, fix = f"port {node.port} of which VLAN?", "add `address:`, which says it"
            yield _problem(node.line, path, "node-without-vlan", what, fix)


def _problem(line: int, path: str, rule: str, what: str, fix: str) -> Problem:
    return Problem(line=line, rule=rule, path=path, what=what, fix=fix)
