"""What a rehearsal knows of a twin's machines: what was measured on them, and nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.k3s.release import release
from integration.twin.conftest import assert_gone
from rackhouse.apply import joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.operations.rehearsal import rehearsed
from rackhouse.resources.host import Download, File
from rackhouse.twin import faults
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down, up
from rackhouse.twin.state import load

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FILE = """
version: 1
rack: home
network: {{vlans: {{cluster: {{id: 20, subnet: 10.20.20.0/24}}}}}}
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}}
  pi-2: {{role: agent, board: rpi4-4gb, disk: sd, address: 10.20.20.12}}
clusters:
  home:
    nodes: [pi-1, pi-2]
    k3s: {{version: v1.34.1+k3s1, source: {source}, sums: {{arm64: {{program: {sum}}}}}}}
"""


@pytest.fixture
def house(root: Path, tmp_path: Path) -> Iterator[OpenRack]:
    """A rack whose twin is up."""
    source = tmp_path / "releases"
    file = tmp_path / "rack.yaml"
    file.write_text(FILE.format(source=source, sum=release(source, "v1.34.1+k3s1")))
    opened = open_rack(file, root=tmp_path / "home", now=NOW)
    home = Home(opened.paths.root)
    try:
        up(home, opened.rack, root)
        yield opened
    finally:
        opened.close()
        names = home.namespaces()
        down(home)
        assert_gone(home, names)


def test_a_rehearsal_knows_the_interfaces_of_its_machines_and_not_our_processor(
    house: OpenRack,
) -> None:
    first = rehearsed(house, NOW)
    known = joined.facts(first.store)
    assert {name: known[name]["addresses"]["eth0"] for name in known} == {
        "pi-1": ["10.20.20.11"],
        "pi-2": ["10.20.20.12"],
    }
    assert known["pi-1"]["hostname"] == "pi-1"
    assert not {"arch", "memory", "disk", "kernel", "cpus"} & known["pi-1"].keys()
    wanted = first.wanted_on_hosts().resources.values()
    texts = [str(each.spec.content) for each in wanted if isinstance(each.spec, File)]
    assert sum('flannel-iface: "eth0"' in text for text in texts) == 2
    # The only sum that the rack file has is of arm64: the boards say so, whatever measured them.
    programs = [each.spec for each in wanted if isinstance(each.spec, Download)]
    assert len(programs) == 2
    first.close()


def test_machines_are_measured_once_and_who_is_off_the_next_time(house: OpenRack) -> None:
    home = Home(house.paths.root)
    state = load(home)
    faults.lose(home, state, "pi-2")
    assert _known(house) == {"pi-1"}
    faults.start(home, state, "pi-2")
    assert _known(house) == {"pi-1", "pi-2"}
    faults.lose(home, state, "pi-1")
    faults.lose(home, state, "pi-2")
    assert _known(house) == {"pi-1", "pi-2"}


def _known(house: OpenRack) -> set[str]:
    other = rehearsed(house, NOW)
    try:
        return set(joined.facts(other.store))
    finally:
        other.close()
