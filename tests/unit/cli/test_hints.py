"""What is said beside a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rackhouse.apply.joined import join
from rackhouse.apply.open import open_rack
from rackhouse.cli.hints import hints

FILE = f"""\
rack: test
nodes:
  pi-1: {{role: server, board: rpi5-8gb, disk: nvme, address: 10.0.0.1}}
  pi-2: {{role: agent, board: rpi5-8gb, disk: nvme, address: 10.0.0.2}}
  pi-3: {{role: agent, board: rpi5-8gb, disk: nvme, address: 10.0.0.3, owned: false}}
clusters:
  home:
    nodes: [pi-1, pi-2, pi-3]
    k3s: {{version: v1.34.1+k3s1, sums: {{arm64: {{program: {"0" * 64}}}}}}}
"""


def test_whom_a_cluster_waits_for_is_named_unless_nobody_has_it_yet(tmp_path: Path) -> None:
    file = tmp_path / "rack.yaml"
    file.write_text(FILE)
    house = open_rack(file, root=tmp_path / "home", now=datetime(2026, 1, 1, tzinfo=UTC))
    said = ["pi-1, pi-2 of home have not joined: `rackhouse hosts add pi-1`"]
    assert list(hints(house, ())) == said
    join(house.store, "pi-1", {"host": "10.0.0.1"})
    assert list(hints(house, ())) == ["pi-2 of home has not joined: `rackhouse hosts add pi-2`"]
    join(house.store, "pi-2", {"host": "10.0.0.2"})
    assert list(hints(house, ())) == []
    house.close()
