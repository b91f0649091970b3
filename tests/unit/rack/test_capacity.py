"""What a rack has and draws, and the same rack with nodes more or fewer."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from rackhouse.rack import Rack, load
from rackhouse.rack.capacity import added, capacity, without
from rackhouse.rack.model import Node
from rackhouse.rack.rules import findings
from rackhouse.rack.words import Role

HOME = load((Path(__file__).parents[3] / "examples" / "racks" / "home.yaml").read_text())


def test_the_totals_of_the_reference_rack() -> None:
    have = capacity(HOME)
    assert have.cpus == 16
    assert have.memory == (3 * 8 + 4) * 2**30 - 4 * 512 * 2**20
    assert have.gpu_memory == 24 * 2**30
    assert have.watts == 12 + 3 * 7 + 5 + 90
    assert have.unknown_watts == ("desk",)
    assert have.cost == pytest.approx(128 * 0.7305 * 0.32)
    assert have.currency == "EUR"


def test_without_a_tariff_there_is_no_cost() -> None:
    assert capacity(Rack()).cost is None


def test_what_is_lost_is_gone_from_its_cluster() -> None:
    left = without(HOME, ["pi-4"])
    assert left.clusters[0].nodes == ("pi-1", "pi-2", "pi-3")
    assert "pi-4" not in [node.name for node in left.nodes]


def test_a_cluster_without_a_node_is_none() -> None:
    assert without(HOME, ["pi-1", "pi-2", "pi-3", "pi-4"]).clusters == ()


def test_a_node_more_joins_and_is_counted() -> None:
    more = added(HOME, Node(name="pi-5", role=Role.AGENT, board="rpi5-8gb"))
    assert more.clusters[0].nodes[-1] == "pi-5"
    assert capacity(more).memory - capacity(HOME).memory == 8 * 2**30 - 512 * 2**20
    assert [rule for rule, _ in findings(more)] == ["node-without-address"]


def test_a_server_more_can_be_one_too_many() -> None:
    more = added(HOME, Node(name="pi-5", role=Role.SERVER, address=IPv4Address("10.20.20.15")))
    assert [rule for rule, _ in findings(more)] == ["even-number-of-servers"]


def test_a_desk_more_joins_nothing() -> None:
    assert added(Rack(), Node(name="desk", role=Role.DEV)).clusters == ()
