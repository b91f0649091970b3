"""Real packets against the rack file: right as it is, and what is made wrong is found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from integration.twin.conftest import RACK
from rackhouse.desired.network.fabric import fabric
from rackhouse.desired.network.nftables import render
from rackhouse.twin import faults
from rackhouse.twin.cabling import enforce
from rackhouse.twin.home import SWITCH, Home
from rackhouse.twin.matrix import Cell, measure
from rackhouse.twin.plan import complete
from rackhouse.twin.state import load
from rackhouse.twin.status import boxes
from rackhouse.twin.switch import switch
from rackhouse.twin.switch.model import Kind
from rackhouse.twin.tools import inside, tool
from rackhouse.twin.verdict import explain

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

Measured = tuple[list[Cell], tuple[str, ...]]


async def look(home: Home) -> Measured:
    """The cells that are wrong, and what they look like."""
    state = load(home)
    cells = await measure(home, state, RACK)
    why = explain(state.layout, cells, boxes(home, state))
    return [cell for cell in cells if not cell.right], why


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    try:
        yield
    finally:
        undo()


async def test_packets_do_what_the_rack_file_says(home: Home) -> None:
    state = load(home)
    cells = await measure(home, state, RACK)
    assert state.switch is Kind.OPENVSWITCH
    assert len({(cell.source, cell.target) for cell in cells}) == 8 * 7  # the Internet is one
    assert {cell.expected for cell in cells} == {True, False}
    assert [cell for cell in cells if not cell.right] == []


async def test_a_wrong_rule_is_found(home: Home) -> None:
    state = load(home)
    rules = render(complete(RACK))
    assert "tcp dport 22 accept" in rules
    with undone(lambda: enforce(home, state.layout, rules)):
        enforce(home, state.layout, rules.replace("tcp dport 22 accept", "tcp dport 23 accept"))
        wrong, why = await look(home)
    assert {(cell.source, cell.target, str(cell.port)) for cell in wrong} == {
        ("desk", "forge", "22/tcp")
    }
    assert why == ("development to gpu: 22/tcp is closed, and should be open (desk to forge)",)


async def test_a_port_in_the_wrong_vlan_is_found_and_named(home: Home) -> None:
    state = load(home)
    whole = fabric(complete(RACK))
    table = f"--db=unix:{home.switch / 'db.sock'}"
    with undone(lambda: switch(state.switch).configure(home, whole)):
        tool(["ovs-vsctl", table, "set", "port", "lan2", "tag=30"])
        wrong, why = await look(home)
    assert all("pi-2" in (cell.source, cell.target) for cell in wrong)
    assert why == (
        "pi-2 is in the wrong VLAN: port 2 is in VLAN 30 (gpu), and should be in VLAN 20 (cluster)",
    )


async def test_a_trunk_that_lacks_a_vlan_is_found_and_named(home: Home) -> None:
    state = load(home)
    whole = fabric(complete(RACK))
    table = f"--db=unix:{home.switch / 'db.sock'}"
    with undone(lambda: switch(state.switch).configure(home, whole)):
        tool(["ovs-vsctl", table, "set", "port", "lan16", "trunks=10,20,40,50"])
        _, (why,) = await look(home)
    assert why.startswith("VLAN 30 (gpu) is cut off from the others: port 16 does not carry it")


async def test_a_pulled_cable_is_found_and_mended(home: Home) -> None:
    state = load(home)
    with undone(lambda: faults.mend(home, state, "pi-1")):
        faults.cut(home, state, "pi-1")
        wrong, why = await look(home)
    assert why == ("pi-1 has no cable: rackhouse twin mend pi-1",)
    assert all("pi-1" in (cell.source, cell.target) for cell in wrong)
    assert await look(home) == ([], ())


async def test_without_the_router_only_it_is_named(home: Home) -> None:
    state = load(home)
    with undone(lambda: faults.start(home, state, "gate")):
        faults.lose(home, state, "gate")
        wrong, why = await look(home)
    assert why == ("gate has no power: rackhouse twin start gate",)
    assert not any({c.source, c.target} <= {"pi-1", "pi-2", "pi-3", "pi-4"} for c in wrong)
    assert await look(home) == ([], ())


def test_a_degraded_line_is_slow_or_lossy_until_it_is_mended(home: Home) -> None:
    state = load(home)
    with undone(lambda: faults.mend(home, state, "pi-1")):
        faults.degrade(home, state, "pi-1", rate="1mbit", loss=30)
        (degraded,) = (box for box in boxes(home, state) if box.degraded)
        assert degraded.name == "pi-1"
        assert "rate 1Mbit" in tool(["tc", "-n", home.namespace(SWITCH), "qdisc", "show"])
        assert "< 30 drop" in tool(inside(home.namespace(SWITCH), "nft", "list", "ruleset"))
    assert not any(box.degraded for box in boxes(home, state))
    assert "drop" not in tool(inside(home.namespace(SWITCH), "nft", "list", "ruleset"))


async def test_everything_lost_on_the_way_is_found(home: Home) -> None:
    state = load(home)
    with undone(lambda: faults.mend(home, state, "desk")):
        faults.degrade(home, state, "desk", loss=100)
        wrong, _ = await look(home)
    assert wrong
    assert all("desk" in (cell.source, cell.target) for cell in wrong)
