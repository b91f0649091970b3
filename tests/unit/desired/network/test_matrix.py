"""The reference rack, pair by pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from rackhouse.desired.network.matrix import expected, pairs
from rackhouse.desired.network.policy import Port
from rackhouse.rack.load import load

RACKS = Path(__file__).parents[4] / "examples" / "racks"
HOME = load((RACKS / "home.yaml").read_text())
SSH, OLLAMA, DNS = Port("tcp", 22), Port("tcp", 11434), Port("udp", 53)


@pytest.mark.parametrize(
    ("source", "target", "port", "may"),
    [
        ("pi-1", "pi-2", OLLAMA, True),  # one VLAN
        ("pi-1", "forge", OLLAMA, True),
        ("pi-1", "forge", SSH, False),
        ("forge", "pi-1", OLLAMA, False),  # a permission is not a friendship
        ("desk", "pi-1", SSH, True),
        ("desk", "internet", OLLAMA, True),  # any
        ("pi-1", "internet", SSH, False),
        ("pi-1", "internet", DNS, True),
        ("internet", "desk", SSH, False),
        ("desk", "gate", SSH, True),  # the router is of management, where the desk may go
        ("pi-1", "gate", SSH, False),
        ("desk", "gate", DNS, True),  # but it serves names to all
        ("gate", "forge", SSH, True),
    ],
)
def test_the_reference_rack(source: str, target: str, port: Port, may: bool) -> None:
    assert expected(HOME, [port])[source, target, port] is may


def test_pairs_are_of_nodes_and_the_internet_where_a_router_leads_to_it() -> None:
    assert len(pairs(HOME)) == 8 * 7
    flat = load((RACKS / "three-servers.yaml").read_text())
    assert {name for pair in pairs(flat) for name in pair} == {"pi-1", "pi-2", "pi-3", "shelf"}


def test_a_router_without_a_firewall_stops_nobody_inside() -> None:
    rack = load(
        "network:\n"
        "  router: {node: gate}\n"
        "  vlans: {a: {id: 1, subnet: 10.0.1.0/24}, b: {id: 2, subnet: 10.0.2.0/24}}\n"
        "nodes:\n"
        "  gate: {role: router, address: 10.0.1.1}\n"
        "  one: {role: dev, address: 10.0.1.5}\n"
        "  two: {role: dev, address: 10.0.2.5}\n"
    )
    found = expected(rack, [SSH])
    assert {who for who, _, _ in found if not all(found[k] for k in found if k[0] == who)} == {
        "internet"
    }
