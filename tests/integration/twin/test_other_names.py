"""A router whose network cards have names of their own, as real ones do, and a rack of one VLAN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.twin.conftest import assert_gone
from rackhouse.rack.load import load
from rackhouse.twin.home import Home
from rackhouse.twin.lifecycle import down, up
from rackhouse.twin.matrix import measure
from rackhouse.twin.switch.model import Kind

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]
CARDS = """
network:
  router: {node: gate, wan: enp1s0, trunk: enp2s0, serves: [firewall]}
  switch: {ports: 4, uplink: 4}
  vlans: {cluster: {id: 20, subnet: 10.20.20.0/24}, desks: {id: 40, subnet: 10.20.40.0/24}}
  reach: [{from: desks, to: cluster, ports: [ssh]}, {from: desks, to: internet, ports: [any]}]
nodes:
  gate: {role: router, board: n100-8gb, disk: ssd, address: 10.20.40.1, port: 4}
  pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11, port: 1}
  desk: {role: dev, address: 10.20.40.10, port: 3}
"""
ONE_VLAN = """
network: {vlans: {home: {id: 20, subnet: 10.20.20.0/24}}}
nodes:
  pi-1: {role: server, board: rpi5-8gb, disk: nvme, address: 10.20.20.11}
  desk: {role: dev, address: 10.20.20.10}
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    names = home.namespaces()
    down(home)
    assert_gone(home, names)


@pytest.mark.parametrize("file", [CARDS, ONE_VLAN], ids=["cards", "one VLAN"])
@pytest.mark.parametrize("kind", [Kind.OPENVSWITCH, Kind.PLAIN])
async def test_packets_do_what_the_rack_file_says(
    root: Path, empty: Home, file: str, kind: Kind
) -> None:
    rack = load(file)
    state = up(empty, rack, root, kind=kind)
    cells = await measure(empty, state, rack)
    assert [cell for cell in cells if not cell.right] == []
    assert any(cell.expected for cell in cells)
