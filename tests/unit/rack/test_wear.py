"""How long cards last: from what the file says, and from nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.rack import Rack, load
from rackhouse.rack.kinds import SIZE, show_bytes
from rackhouse.rack.model import Node
from rackhouse.rack.whatif import Change, report
from rackhouse.rack.whatif.sentences import lasts
from rackhouse.rack.whatif.wear import wear
from rackhouse.rack.words import Disk, Role

SIZES = st.integers(1, 2**52)


@given(SIZES, SIZES)
def test_what_may_be_written_is_written_in_its_years(endurance: int, writes: int) -> None:
    node = Node(name="pi", role=Role.AGENT, disk=Disk.SD, endurance=endurance, writes=writes)
    (found,) = wear(Rack(nodes=(node,)))
    assert found.years * 365.25 * writes == pytest.approx(endurance)
    assert found.short is (found.years < 3)


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("disk: sd, endurance: 40T, writes: 12G", "9.1 years, at 12G a day of 40T"),
        ("disk: emmc, endurance: 600Ti, writes: 1M", "more than 100 years, at 1M a day of 600Ti"),
        ("disk: sd, writes: 12G", "not known: `endurance` of nodes.pi"),
        ("disk: sd", "not known: `endurance` of nodes.pi; `writes` of nodes.pi"),
        ("disk: nvme, endurance: 300T, writes: 1.5T", "0.5 years, at 1500G a day of 300T"),
        ("disk: nvme, endurance: 300T", ""),  # disks are not asked about: they outlive the board
        ("cpus: 4", ""),
    ],
)
def test_a_machine_is_told_of_in_a_line(says: str, told: str) -> None:
    found = report(load(f"nodes:\n  pi: {{role: dev, {says}}}\n")).wear
    assert [lasts(each) for each in found] == ([told] if told else [])


def test_a_card_that_is_taken_away_wears_no_more() -> None:
    rack = load("nodes:\n  pi: {role: dev, disk: sd}\n")
    assert report(rack).wear
    assert not report(rack, Change(nodes=frozenset({"pi"}))).wear


@given(SIZES)
def test_a_size_is_read_as_it_is_shown(count: int) -> None:
    assert SIZE.read(show_bytes(count)) == count
