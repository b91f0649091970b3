"""Who may begin a cluster, who may leave it, and what runs there now."""

from __future__ import annotations

import pytest

from rackhouse.desired.k3s.standing import Runs, standing
from rackhouse.operations.cluster.running import read
from rackhouse.rack.values import Release
from rackhouse.rack.words import Role
from unit.desired import clusters

NOW = Release(34, 1, 1)
SERVER = Runs(role=Role.SERVER, release=NOW, data=True)
AGENT = Runs(role=Role.AGENT, release=NOW)
BARE = Runs()


@pytest.mark.parametrize(
    ("runs", "away", "found"),
    [
        ({}, "", {}),
        ({"s-1": BARE, "s-2": BARE, "a-1": BARE}, "s-3", {}),
        ({"s-1": SERVER, "s-2": SERVER, "s-3": BARE, "a-1": BARE}, "", {}),
        ({"s-2": SERVER, "a-1": AGENT}, "s-1", {}),  # it may come back
        ({"s-2": SERVER, "a-1": AGENT}, "", {"s-1": "founder-not-joined"}),
        ({"s-1": BARE, "s-2": SERVER}, "", {"s-1": "founder-without-data"}),
        ({"s-1": BARE, "a-1": AGENT}, "", {}),  # nobody that another cluster would stand beside
        ({"s-1": SERVER, "s-2": SERVER, "s-3": SERVER, "gone": SERVER, "g2": SERVER}, "", {}),
        ({"s-1": SERVER, "s-2": SERVER, "gone": SERVER, "g2": SERVER}, "s-3", {}),
        ({"s-1": SERVER, "gone": SERVER, "g2": AGENT}, "s-2 s-3", {"gone": "quorum-lost"}),
        (
            {"s-1": Runs(role=Role.SERVER, release=Release(32, 0, 1), data=True)},
            "",
            {"s-1": "minor-skipped"},
        ),
    ],
)
def test_what_is_refused(runs: dict[str, Runs], away: str, found: dict[str, str]) -> None:
    findings = standing(clusters.rack(3, 1), runs, frozenset(away.split()))
    assert {each.node: each.rule for each in findings} == found
    assert all(each.fix and each.why and each.source for each in findings)


@pytest.mark.parametrize(
    ("said", "runs"),
    [
        ("", BARE),
        ("k3s k3s version v1.34.1+k3s1 (24fc436e)\ndata\n", SERVER),
        ("k3s-agent k3s version v1.34.1+k3s1 (a fake, for tests)\n", AGENT),
        ("k3s \ndata\n", Runs(role=Role.SERVER, data=True)),  # its program is gone
        ("data\n", Runs(data=True)),
        ("data\nbegun\n", Runs(data=True, begun=True)),  # killed while it changed its role
    ],
)
def test_what_a_machine_says_that_it_runs(said: str, runs: Runs) -> None:
    assert read(said) == runs
    assert read(said).bare == (said in {"", "data\n"})
