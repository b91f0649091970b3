"""Cables and addresses: from a layout to interfaces in namespaces, by a handful of `ip` processes.

Behind the router is the Internet: one namespace with one address of RFC 5737, which answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.desired.network.fabric import Fabric
from rackhouse.desired.network.names import USUAL, names_of
from rackhouse.desired.network.nftables import render
from rackhouse.desired.network.policy import policy
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.rack.model import Rack
from rackhouse.twin.home import INTERNET, ROUTER, SWITCH, Home
from rackhouse.twin.plan import Layout, Machine
from rackhouse.twin.switch.model import Switch
from rackhouse.twin.tools import inside, ip_batch, tool

INTERNET_ADDRESS = "198.51.100.1"
_WAN_ADDRESS = "198.51.100.2"


def lay(home: Home, layout: Layout, switch: Switch, fabric: Fabric) -> None:
    """Make every namespace, lay every cable, start the switch, give every machine its address."""
    ip_batch([*_boxes(home, layout), *_cables(home, layout), *switch.cables(home, layout)])
    switch.start(home, layout, fabric)
    sockets = [USUAL.socket(each.port) for each in _ends(layout)] + [*switch.uplinks(layout)]
    ip_batch(
        ["link set lo up", *(f"link set {name} up" for name in sockets)],
        namespace=home.namespace(SWITCH),
    )
    for machine in _ends(layout):
        ip_batch([*addresses(machine)], namespace=home.namespace(machine.name))


def route(home: Home, layout: Layout, rack: Rack) -> None:
    """Make the router one: its addresses, forwarding, and the rules that the rack compiles to."""
    router = home.namespace(layout.router or ROUTER)
    ip_batch([*_gateways(layout)], namespace=router)
    internet = ["link set lo up", "link set eth0 up", f"addr add {INTERNET_ADDRESS}/24 dev eth0"]
    if policy(rack).firewall:  # somebody there who sends to our addresses, to be refused
        internet.append(f"route add default via {_WAN_ADDRESS}")
    ip_batch(internet, namespace=home.namespace(INTERNET))
    write_atomic(home.rules, render(rack, names_of(rack)), sync=False)
    recall(home, layout)


def recall(home: Home, layout: Layout) -> None:
    """Have the router route as the rack file says, which it was when the twin was made."""
    enforce(home, layout, read_text(home.rules) or "")
    router = home.namespace(layout.router or ROUTER)
    tool(inside(router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"))


def enforce(home: Home, layout: Layout, rules: str) -> None:
    """Load nftables rules into the router; those that have the same name are replaced."""
    tool(inside(home.namespace(layout.router or ROUTER), "nft", "-f", "-"), words=rules)


def addresses(machine: Machine) -> Iterator[str]:
    """Commands for `ip -batch` in the machine's namespace."""
    yield "link set lo up"
    yield "link set eth0 up"
    yield f"addr add {machine.address}/{machine.prefix} dev eth0"
    yield f"route add default via {machine.gateway}"


def _boxes(home: Home, layout: Layout) -> Iterator[str]:
    own = () if layout.router else (ROUTER,)
    for name in (SWITCH, INTERNET, *own, *(machine.name for machine in layout.machines)):
        yield f"netns add {home.namespace(name)}"


def _cables(home: Home, layout: Layout) -> Iterator[str]:
    for machine in _ends(layout):
        yield (
            f"link add name eth0 address {machine.mac} netns {home.namespace(machine.name)} type "
            f"veth peer name {USUAL.socket(machine.port)} netns {home.namespace(SWITCH)}"
        )
    yield (
        f"link add name {layout.wan} netns {home.namespace(layout.router or ROUTER)} type veth "
        f"peer name eth0 netns {home.namespace(INTERNET)}"
    )


def _ends(layout: Layout) -> Iterator[Machine]:
    """Machines at the end of one cable: all but the router."""
    return (machine for machine in layout.machines if machine.name != layout.router)


def _gateways(layout: Layout) -> Iterator[str]:
    yield "link set lo up"
    routing = next((each for each in layout.machines if each.name == layout.router), None)
    for gateway in layout.gateways:
        name = USUAL.vlan(gateway.vlan)
        yield f"link set {name} up"
        yield f"addr add {gateway.address}/{gateway.prefix} dev {name}"
        if routing and routing.vlan == gateway.vlan and routing.address != gateway.address:
            yield f"addr add {routing.address}/{routing.prefix} dev {name}"
    yield f"link set {layout.wan} up"
    yield f"addr add {_WAN_ADDRESS}/24 dev {layout.wan}"
    yield f"route add default via {INTERNET_ADDRESS}"
