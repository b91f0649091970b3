"""The commands, as people and programs type them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integration.twin.conftest import EXAMPLE, assert_gone
from rackhouse.kit.process import Finished, run_sync
from rackhouse.twin.home import Home
from rackhouse.twin.last_matrix import last
from rackhouse.twin.untested import has_memory_limits, has_netem

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

Rackhouse = Callable[..., Finished]


@pytest.fixture
def rackhouse(root: Path, tmp_path: Path) -> Iterator[Rackhouse]:
    """`rackhouse twin ...`, each in a process of its own."""
    program = Path(sys.executable).with_name("rackhouse")
    env = os.environ | {"RACKHOUSE_ROOTFS": str(root)}

    def twin(*words: str) -> Finished:
        argv = [str(program), "-f", str(EXAMPLE), "--home", str(tmp_path), "twin", *words]
        return run_sync(argv, env=env, timeout=90)

    yield twin
    names = Home(tmp_path).namespaces()
    assert twin("down").code == 0
    assert_gone(Home(tmp_path), names)


def test_a_rehearsal_from_nothing_to_nothing(rackhouse: Rackhouse, tmp_path: Path) -> None:
    absent = rackhouse("status")
    assert (absent.code, "rackhouse twin up" in absent.err) == (5, True)

    up = rackhouse("up", "--switch", "openvswitch")
    assert (up.code, up.err) == (0, "")
    assert up.out.startswith("7 nodes are up; switch: Open vSwitch")
    not_tested = [line for line in up.out.splitlines() if line.startswith("not tested here: ")]
    assert len(not_tested) == (not has_netem()) + (not has_memory_limits())
    assert rackhouse("up").code == 4

    assert rackhouse("run", "pi-1", "--", "cat", "/etc/hostname").out == "pi-1\n"
    assert rackhouse("run", "pi-1", "--", "sh", "-c", "exit 9").code == 9
    unknown = rackhouse("run", "pi-9", "--", "true")
    assert (unknown.code, "pi-1" in unknown.err) == (5, True)
    assert json.loads(rackhouse("address", "pi-1").out)["user"] == "pi"

    whole = rackhouse("matrix", "--json")
    found = json.loads(whole.out)
    assert (whole.code, found["switch"], found["findings"]) == (0, "openvswitch", [])
    assert all(cell["right"] for cell in found["cells"])
    kept = last(Home(tmp_path))
    assert kept is not None
    assert (kept.at, kept.seconds, len(kept.cells)) == (found["at"], found["seconds"], 504)

    assert rackhouse("cut", "pi-1").code == 0
    status = rackhouse("status", "--json")
    nodes = {node["name"]: node for node in json.loads(status.out)["nodes"]}
    assert status.code == 2
    assert [name for name, node in nodes.items() if not node["cable"]] == ["pi-1"]
    matrix = rackhouse("matrix")
    assert (matrix.code, "NO!" in matrix.out) == (2, True)
    assert "pi-1 has no cable" in matrix.out

    assert rackhouse("mend", "pi-1").code == 0
    assert rackhouse("degrade", "pi-1").code == 64  # it does not say how
    assert rackhouse("degrade", "pi-1", "--rate", "nonsense").code == 7
    delayed = rackhouse("degrade", "pi-1", "--delay", "20ms")
    assert delayed.code == (0 if has_netem() else 7), delayed.err
    assert rackhouse("degrade", "pi-1", "--rate", "10mbit", "--loss", "5").code == 0
    assert "degraded" in rackhouse("status").out
    assert rackhouse("mend", "pi-1").code == 0
    assert rackhouse("lose", "pi-2").code == 0
    assert "no power" in rackhouse("status").out
    assert rackhouse("start", "pi-2").code == 0
    assert rackhouse("status").code == 0
    assert rackhouse("down").out == "gone\n"
    assert rackhouse("down").out == "there is no twin\n"
