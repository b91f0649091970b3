"""What the platform asks for is what its manifests ask for, and it is known where that fits."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace

import pytest

from rackhouse.desired.platform import table
from rackhouse.desired.platform.budget import budget
from rackhouse.desired.platform.table import How
from rackhouse.rack.capacity import Asked, unplaced
from rackhouse.rack.load import load
from rackhouse.rack.model import Node, Rack
from rackhouse.rack.words import Role
from unit.desired.platform.cases import RACKS, every_rack, of, pods

GI, MI = 2**30, 2**20


def bytes_of(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\w*)", text).groups()  # type: ignore[union-attr]
    return int(number) * {"": 1, "Mi": MI, "Gi": GI}[unit]


@pytest.mark.parametrize("rack", [pytest.param(it, id=name) for name, it in every_rack()])
def test_the_table_says_what_the_manifests_ask_for(rack: Rack) -> None:
    cluster = rack.clusters[0].name if rack.clusters else rack.name
    asked: dict[str, int] = defaultdict(int)
    for workload, spec in pods(of(rack)):
        copies = workload["spec"].get("replicas", 1)
        one = sum(bytes_of(it["resources"]["requests"]["memory"]) for it in spec["containers"])
        asked[workload["metadata"]["namespace"]] += one * copies
    told: dict[str, int] = defaultdict(int)
    for line in budget(rack, cluster).lines:
        if line.component.how is How.MANIFESTS and line.component is not table.POSTGRES:
            told[line.component.namespace] += line.memory * line.copies
    asked.pop("models", None)  # applications of the rack's own
    assert asked == told


def smallest() -> Rack:
    (file,) = [file for file in RACKS if file.stem == "smallest"]
    return load(file.read_text())


def test_the_smallest_rack_has_room_and_leaves_half_of_it() -> None:
    found = budget(smallest(), "shelf")
    assert found.unplaced == ()
    assert 0 < found.memory < found.room / 2


def test_a_quarter_of_the_smallest_rack_is_too_little() -> None:
    rack = smallest()
    (node,) = rack.nodes
    less = replace(rack, nodes=(replace(node, memory=node.memory // 4),))
    found = budget(less, "shelf")
    assert found.memory > found.room
    assert "valkey" in found.unplaced


def test_each_is_put_where_most_is_left() -> None:
    room = 2 * GI - 512 * MI
    nodes = [Node(name=name, role=Role.SERVER, memory=2 * GI) for name in ("one", "two")]
    several = [Asked(name="a", memory=room), Asked(name="b", memory=room // 2)]
    assert unplaced(nodes, several) == ()
    assert unplaced(nodes, [*several, Asked(name="c", memory=room // 2 + 1)]) == ("b",)
    assert unplaced([], several) == ("a", "b")
