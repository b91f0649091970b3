"""The rules let through exactly what the rack file says, and nft takes them."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given

from rackhouse.desired.network import nftables
from rackhouse.desired.network.fabric import home_of, router_node
from rackhouse.desired.network.matrix import expected
from rackhouse.desired.network.names import USUAL
from rackhouse.desired.network.policy import Port
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from unit.desired.network import alone
from unit.desired.network.firewall import Packet, accepts
from unit.desired.network.racks import turned, wired

RACKS = Path(__file__).parents[4] / "examples" / "racks"
HOME = load((RACKS / "home.yaml").read_text())
OUTSIDE = IPv4Address("198.51.100.1")
NUMBERS = (22, 53, 67, 6443, 8472)
PORTS = [Port(protocol, number) for number in NUMBERS for protocol in ("tcp", "udp")]


def lets(rack: Rack, text: str, source: str, target: str, port: Port) -> bool:
    """What becomes of the first packet of a connection, when the router has the rules in `text`."""
    nodes = {node.name: node for node in rack.nodes}
    homes = {name: home_of(rack, node) for name, node in nodes.items()}
    router = router_node(rack)
    here, there = homes.get(source), homes.get(target)
    to_router = router is not None and target == router.name
    if router and source == router.name:
        return True  # no rule is about what the router says itself
    if here and here == there and not to_router:
        return True  # the switch asks no router
    packet = Packet(
        iif=USUAL.vlan(here.id) if here else USUAL.wan,
        oif="" if to_router else USUAL.vlan(there.id) if there else USUAL.wan,
        source=nodes[source].address or OUTSIDE if here else OUTSIDE,
        target=nodes[target].address or OUTSIDE if there else OUTSIDE,
        protocol=port.protocol,
        port=port.number,
    )
    return accepts(text, packet)


@given(wired())
def test_the_rules_say_what_the_matrix_says(rack: Rack) -> None:
    text = nftables.render(rack)
    for (source, target, port), open_ in expected(rack, PORTS).items():
        if source == "internet" and nftables.REACH + " {" not in text:
            continue  # without a firewall, what keeps the Internet out is that no address leads in
        assert lets(rack, text, source, target, port) == open_, (source, target, port, text)


@pytest.mark.parametrize(
    ("change", "lets_through"),
    [
        ({"state": "established"}, True),
        ({"state": "related"}, True),
        ({"state": "invalid"}, False),
        ({}, False),
    ],
)
def test_answers_come_back_and_nothing_else_does(
    change: dict[str, str], lets_through: bool
) -> None:
    packet = Packet(
        iif="wan",
        oif="vlan40",
        source=OUTSIDE,
        target=IPv4Address("10.20.40.10"),
        port=50000,
        **change,
    )
    assert accepts(nftables.render(HOME), packet) is lets_through


@pytest.mark.parametrize(
    ("iif", "oif", "source", "target"),
    [
        ("vlan40", "wan", "10.20.20.11", "198.51.100.1"),  # who is of another VLAN
        ("vlan40", "wan", "10.20.40.10", "192.168.1.1"),  # the house before the rack
        ("vlan50", "", "10.20.50.100", "10.20.10.1"),  # guests at the router's own address
        ("wan", "", "198.51.100.1", "198.51.100.2"),  # the Internet at the router
    ],
)
def test_what_nobody_may(iif: str, oif: str, source: str, target: str) -> None:
    packet = Packet(
        iif=iif, oif=oif, source=IPv4Address(source), target=IPv4Address(target), port=22
    )
    assert not accepts(nftables.render(HOME), packet)


def test_everybody_inside_pings_the_router() -> None:
    gate = IPv4Address("10.20.50.1")
    ping = Packet(iif="vlan50", source=IPv4Address("10.20.50.100"), target=gate, protocol="icmp")
    assert accepts(nftables.render(HOME), ping)


@given(wired())
def test_the_order_of_the_file_does_not_matter(rack: Rack) -> None:
    assert nftables.render(turned(rack)) == nftables.render(rack)


@pytest.mark.parametrize("name", ["home", "gpu-in-cluster", "three-servers", "empty"])
def test_nft_takes_the_rules(name: str, tmp_path: Path) -> None:
    alone.skip_where_rules_cannot_be_tried(tmp_path)
    rack = load((RACKS / f"{name}.yaml").read_text())
    (tmp_path / "rules.nft").write_text(nftables.render(rack))
    tried = alone.run("nft", "-c", "-f", tmp_path / "rules.nft")
    assert not tried.returncode, tried.stderr
