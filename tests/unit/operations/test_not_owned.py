"""A machine that one does not have yet, `owned: false`, joins nothing and is in no plan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.apply.joined import join
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.kit.errors import Refused
from rackhouse.operations.hosts.join import address_of

FILE = """\
rack: test
nodes:
  pi-1: {role: server, disk: nvme, address: 10.0.0.1}
  pi-2: {role: agent, disk: nvme, address: 10.0.0.2, owned: OWNED}
clusters:
  home: {nodes: [pi-1, pi-2]}
"""


def _opened(folder: Path, owned: str) -> OpenRack:
    file = folder / "rack.yaml"
    file.write_text(FILE.replace("OWNED", owned))
    return open_rack(file, root=folder / "home", now=datetime(2026, 1, 1, tzinfo=UTC))


def test_it_does_not_join(tmp_path: Path) -> None:
    house = _opened(tmp_path, "false")
    with pytest.raises(Refused, match="a machine that you do not have yet"):
        address_of(house, "pi-2")
    house.close()


def test_one_that_had_joined_is_in_no_plan_until_it_is_owned_again(tmp_path: Path) -> None:
    for owned, expected in (("true", {"host.pi-1", "host.pi-2"}), ("false", {"host.pi-1"})):
        house = _opened(tmp_path, owned)
        for node in house.rack.nodes:
            join(house.store, node.name, {"host": str(node.address)})
        wanted = house.wanted_on_hosts()
        house.close()
        assert {name for name in wanted.places if name.startswith("host.")} == expected
        assert {id.target for id in wanted.resources if id.target[:5] == "host."} == expected
