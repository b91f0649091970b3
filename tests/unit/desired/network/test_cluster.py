"""What K3s needs between VLANs, and that the rack's own rule agrees."""

from __future__ import annotations

from pathlib import Path

from rackhouse.desired.network.cluster import FACTS, When, needs
from rackhouse.rack.load import load
from unit.desired.network.golden import RACKS, rack

RACKS_OF_DOCS = Path(__file__).parents[4] / "examples" / "racks"


def test_every_port_of_the_documentation_is_a_fact() -> None:
    ports = {str(port) for fact in FACTS for port in fact.ports}
    assert ports == {
        *("6443/tcp", "8472/udp", "10250/tcp", "2379/tcp", "2380/tcp"),
        *("51820/udp", "51821/udp", "5001/tcp"),
    }


def test_a_cluster_in_one_vlan_needs_nothing() -> None:
    assert needs(rack("home")) == ()


def test_an_agent_in_another_vlan() -> None:
    found = {
        (need.source.name, need.target.name, str(need.port)): need.open
        for need in needs(load((RACKS_OF_DOCS / "gpu-in-cluster.yaml").read_text()))
        if need.fact.when is When.ALWAYS
    }
    assert found == {
        ("gpu", "cluster", "6443/tcp"): True,
        ("gpu", "cluster", "8472/udp"): True,
        ("cluster", "gpu", "8472/udp"): True,
        ("cluster", "gpu", "10250/tcp"): True,
    }


def test_what_every_cluster_needs_is_open_where_the_rules_of_the_rack_let_it_pass() -> None:
    for name in RACKS:
        found = needs(rack(name))
        assert all(need.open for need in found if need.fact.when is When.ALWAYS)
