"""A rack's twin, on paper: everything is plugged in somewhere and has an address of its own."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rackhouse.kit.errors import Missing, Refused
from rackhouse.rack.load import load
from rackhouse.rack.model import Network, Node, Rack, Vlan
from rackhouse.rack.values import AddressRange
from rackhouse.rack.words import Role
from rackhouse.twin.plan import Layout, complete, layout
from unit.desired.network.racks import wired

EXAMPLES = Path(__file__).parents[3] / "examples" / "racks"
REFERENCE = load((EXAMPLES / "home.yaml").read_text())
CLUSTER = Vlan(
    name="cluster",
    id=20,
    subnet=IPv4Network("10.20.20.0/28"),
    dhcp=AddressRange(IPv4Address("10.20.20.4"), IPv4Address("10.20.20.10")),
    virtual_ip=IPv4Address("10.20.20.2"),
)
DESKS = Vlan(name="desks", id=30, subnet=IPv4Network("10.20.30.0/24"))


def agents(count: int) -> Rack:
    """So many without an address, beside one that has the first free one."""
    first = Node(name="first", role=Role.AGENT, address=IPv4Address("10.20.20.3"))
    others = (Node(name=f"n{number}", role=Role.AGENT) for number in range(count))
    return Rack(network=Network(vlans=(DESKS, CLUSTER)), nodes=(first, *others))


def test_the_reference_rack_is_laid_out_as_its_file_says() -> None:
    found = layout(complete(REFERENCE))
    assert [(m.name, m.address, m.vlan, m.port) for m in found.machines] == [
        ("gate", "10.20.10.1", 10, 16),
        ("pi-1", "10.20.20.11", 20, 1),
        ("pi-2", "10.20.20.12", 20, 2),
        ("pi-3", "10.20.20.13", 20, 3),
        ("pi-4", "10.20.20.14", 20, 4),
        ("forge", "10.20.30.20", 30, 8),
        ("desk", "10.20.40.10", 40, 9),
    ]
    assert (found.router, found.uplink) == ("gate", 16)
    assert found.machine("forge").mac == "aa:bb:cc:dd:ee:ff"  # by which it is woken
    assert found.desk == found.machine("desk")


def test_a_node_without_an_address_gets_one_that_nobody_is_handed() -> None:
    found = layout(complete(agents(4)))
    addresses = [machine.address for machine in found.machines]
    # .1 is the gateway, .2 the virtual address, .4 to .10 are DHCP's
    assert addresses == [f"10.20.20.{last}" for last in (3, 11, 12, 13, 14)]


def test_a_full_subnet_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="cluster has no address left"):
        complete(agents(5))


@pytest.mark.parametrize(
    "rack",
    [Rack(), Rack(nodes=agents(1).nodes), Rack(network=agents(1).network)],
    ids=["nothing", "no network", "no nodes"],
)
def test_a_rack_without_network_or_nodes_has_no_twin(rack: Rack) -> None:
    with pytest.raises(Missing, match="nothing to make a twin of"):
        complete(rack)


def test_an_unknown_node_is_named_with_those_that_there_are() -> None:
    with pytest.raises(Missing, match="no node 'pi-9'") as caught:
        layout(complete(REFERENCE)).machine("pi-9")
    assert "pi-1" in caught.value.fix


@given(wired(), st.sets(st.integers(0, 5)))
def test_every_machine_has_a_port_an_address_and_a_mac_of_its_own(
    drawn: Rack, homeless: set[int]
) -> None:
    assume(drawn.nodes)
    nodes = (
        replace(node, address=None, port=0) if node.name in {f"n{n}" for n in homeless} else node
        for node in drawn.nodes
    )
    rack = complete(replace(drawn, nodes=tuple(nodes)))
    _is_sound(rack, layout(rack))
    assert complete(rack) == rack


def _is_sound(rack: Rack, found: Layout) -> None:
    for values in (
        [machine.port for machine in found.machines],
        [machine.address for machine in found.machines],
        [machine.mac for machine in found.machines],
    ):
        assert len(set(values)) == len(values)
    subnets = {vlan.id: vlan.subnet for vlan in rack.network.vlans}
    for machine in found.machines:
        assert IPv4Address(machine.address) in subnets[machine.vlan]
        assert (
            IPv4Network(f"{machine.address}/{machine.prefix}", strict=False)
            == subnets[machine.vlan]
        )
        assert rack.network.switch is not None
        assert 1 <= machine.port <= rack.network.switch.ports
        assert (machine.port == found.uplink) == (machine.name == found.router)
