"""Every port has its place; what a rack leaves open is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from rackhouse.desired.network.fabric import RULES, Use, assumed, fabric, home_of, router_node
from rackhouse.kit.errors import FileError
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from unit.desired.network.racks import turned, wired

RACKS = Path(__file__).parents[4] / "examples" / "racks"


@given(wired())
def test_every_port_has_one_untagged_vlan(rack: Rack) -> None:
    found = fabric(rack)
    ids = {vlan.id for vlan in rack.network.vlans}
    assert [port.number for port in found.ports] == list(range(1, rack.network.switch.ports + 1))
    assert found.parking not in ids
    for port in found.ports:
        assert (port.untagged in ids) == (port.use is Use.ACCESS)
        assert set(port.tagged) == (ids if port.use is Use.TRUNK else set())


@given(wired())
def test_every_node_is_in_its_own_vlan(rack: Rack) -> None:
    ports = {port.number: port for port in fabric(rack).ports}
    for node in rack.nodes:
        if node != router_node(rack):
            home = home_of(rack, node)
            assert home is not None
            assert ports[node.port].untagged == home.id
            assert ports[node.port].node == node.name


@given(wired())
def test_the_order_of_the_file_does_not_matter(rack: Rack) -> None:
    assert fabric(turned(rack)) == fabric(rack)


@given(wired())
def test_what_a_rack_says_is_not_assumed_otherwise(rack: Rack) -> None:
    before, after = fabric(rack), fabric(assumed(rack))
    assert before == after


@pytest.mark.parametrize("name", ["gpu-in-cluster", "three-servers"])
def test_a_rack_without_a_switch_can_be_given_one(name: str) -> None:
    rack = load((RACKS / f"{name}.yaml").read_text())
    with pytest.raises(FileError, match="describes no switch"):
        fabric(rack)
    found = fabric(assumed(rack))
    assert {port.node for port in found.ports} - {""} == {node.name for node in rack.nodes}


def test_one_vlan_and_a_box_that_nobody_sets_up_need_no_tags() -> None:
    rack = load(
        "network:\n"
        "  switch: {ports: 4, uplink: 4}\n"
        "  vlans: {home: {id: 1, subnet: 192.168.1.0/24}}\n"
    )
    *free, uplink = fabric(rack).ports
    assert {port.use for port in free} == {Use.FREE}
    assert (uplink.use, uplink.untagged, uplink.tagged) == (Use.ACCESS, 1, ())


@pytest.mark.parametrize("name", ["one", "empty"])
def test_a_rack_without_vlans_has_nothing_to_tell_a_switch(name: str) -> None:
    rack = assumed(load((RACKS / f"{name}.yaml").read_text()))
    with pytest.raises(FileError, match="describes no VLAN"):
        fabric(rack)


def test_what_is_left_open_is_named_with_its_line() -> None:
    rack = load(
        "network:\n"
        "  router: {serves: [firewall]}\n"
        "  switch: {ports: 4}\n"
        "  vlans: {a: {id: 1, subnet: 10.0.1.0/24}, b: {id: 2, subnet: 10.0.2.0/24}}\n"
        "nodes:\n"
        "  one: {role: dev, address: 10.0.1.5}\n"
        "  two: {role: dev, port: 2}\n"
    )
    with pytest.raises(FileError) as refused:
        fabric(rack)
    assert {problem.rule for problem in refused.value.problems} <= RULES.keys()
    assert str(refused.value).splitlines() == [
        "rack.yaml, the file: network.switch.uplink: no port leads to the router [no-uplink]",
        "  fix: add `uplink: 4` to the switch",
        "rack.yaml, line 6: nodes.one: it is plugged in nowhere [node-without-port]",
        "  fix: add `port:`, its number on the switch",
        "rack.yaml, line 7: nodes.two: port 2 of which VLAN? [node-without-vlan]",
        "  fix: add `address:`, which says it",
    ]
