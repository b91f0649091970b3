"""What a matrix looks like is said in one sentence for each cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.desired.network.matrix import expected
from rackhouse.rack.load import load
from rackhouse.twin.matrix import Cell, ports_of
from rackhouse.twin.plan import complete, layout
from rackhouse.twin.status import Box
from rackhouse.twin.verdict import explain

EXAMPLE = Path(__file__).parents[3] / "examples" / "racks" / "home.yaml"
RACK = complete(load(EXAMPLE.read_text()))
LAYOUT = layout(RACK)
BOXES = [
    Box(
        name=machine.name,
        role=machine.role,
        address=machine.address,
        vlan=machine.vlan,
        port=machine.port,
        power=True,
        cable=True,
        degraded=False,
        systemd=False,
        seen_in=machine.vlan,
    )
    for machine in LAYOUT.machines
]
CELLS = [
    Cell(
        source=source,
        target=target,
        port=port,
        expected=is_open,
        found="open" if is_open else "dropped",
    )
    for (source, target, port), is_open in expected(RACK, ports_of(RACK)).items()
]
CLUSTER = {"pi-1", "pi-2", "pi-3", "pi-4"}


def without(*names: str) -> list[Cell]:
    """As if nothing came from these or got to them."""
    return [
        replace(cell, found="dropped") if {cell.source, cell.target} & {*names} else cell
        for cell in CELLS
    ]


def but(name: str, **fields: object) -> list[Box]:
    return [replace(box, **fields) if box.name == name else box for box in BOXES]  # type: ignore[arg-type]


def test_all_right_needs_no_words() -> None:
    assert explain(LAYOUT, CELLS, BOXES) == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"power": False}, "pi-2 has no power"),
        ({"cable": False}, "pi-2 has no cable"),
        ({"seen_in": 30}, "port 2 is in VLAN 30 (gpu), and should be in VLAN 20 (cluster)"),
        ({"seen_in": 7}, "port 2 is in VLAN 7 (nobody's)"),
        ({}, "pi-2 reaches nobody, not even in its own VLAN"),
    ],
)
def test_a_machine_that_nobody_reaches_is_named_once(fields: dict[str, object], said: str) -> None:
    (sentence,) = explain(LAYOUT, without("pi-2"), but("pi-2", **fields))
    assert said in sentence


def test_a_vlan_that_the_trunk_does_not_carry_is_named() -> None:
    (sentence,) = explain(LAYOUT, without("forge"), BOXES)
    assert sentence.startswith("VLAN 30 (gpu) is cut off from the others: port 16 does not carry")


def test_without_its_router_only_the_router_is_named() -> None:
    dark = [
        replace(cell, found="dropped") if not {cell.source, cell.target} <= CLUSTER else cell
        for cell in CELLS
    ]
    (sentence,) = explain(LAYOUT, dark, but("gate", power=False))
    assert sentence.startswith("gate has no power")


def test_a_wrong_rule_is_named_by_vlans_and_port() -> None:
    opened = [
        replace(cell, found="open")
        if (cell.source, cell.target, cell.port.number) == ("forge", "pi-1", 22)
        else replace(cell, found="refused")
        if cell.target == "forge" and cell.port.number == 11434 and cell.source in CLUSTER
        else cell
        for cell in CELLS
    ]
    assert explain(LAYOUT, opened, BOXES) == (
        (
            "cluster to gpu: 11434/tcp is closed, and should be open "
            f"({', '.join(f'{name} to forge' for name in sorted(CLUSTER))})"
        ),
        "gpu to cluster: 22/tcp is open, and should be closed (forge to pi-1)",
    )
