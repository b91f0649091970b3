"""What a machine is woken by, and what is said where it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rackhouse.apply import joined
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.cli.hints import hints
from rackhouse.kit.errors import HostError, Missing
from rackhouse.operations.hosts.wake import packet, wake, wake_all

MAC = "aa:bb:cc:dd:ee:ff"
RACK = f"""
network:
  vlans:
    gpu: {{id: 30, subnet: 10.255.30.0/24}}
nodes:
  desk: {{role: dev}}
  forge: {{role: gpu, gpu: {{memory: 24Gi}}, address: 10.255.30.20, wake: "{MAC}"}}
"""
SILENT = {"host": "127.0.0.1", "port": "9"}  # nobody listens


def opened(tmp_path: Path, text: str = RACK) -> OpenRack:
    file = tmp_path / "rack.yaml"
    file.write_text(text)
    return open_rack(file, root=tmp_path / "state", now=datetime.now(UTC))


def quiet(_: str) -> None:
    """Say nothing."""


def test_a_packet_is_six_bytes_of_ones_and_sixteen_times_the_address() -> None:
    made = packet(MAC)
    assert made[:6] == b"\xff" * 6
    assert made[6:] == bytes.fromhex(MAC.replace(":", "")) * 16
    assert len(made) == 102


async def test_what_is_missing_is_said(tmp_path: Path) -> None:
    house = opened(tmp_path)
    with pytest.raises(Missing, match="forge has not joined"):
        await wake(house, "forge", quiet)
    with pytest.raises(Missing, match="desk has no `wake`"):
        await wake(house, "desk", quiet)
    with pytest.raises(Missing, match="no node"):
        await wake(house, "mistake", quiet)
    await wake_all(house, quiet)  # nobody has joined
    joined.join(house.store, "forge", SILENT)
    with pytest.raises(HostError, match="nobody in gpu can send it the packet") as caught:
        await wake(house, "forge", quiet)
    assert "the router" in caught.value.fix
    house.close()


def test_a_plan_says_who_may_be_asleep_and_what_the_file_lacks(tmp_path: Path) -> None:
    house = opened(tmp_path)
    unseen = ["? host.forge: cannot reach it", "? host.desk: cannot reach it", "= x/y/z: kept"]
    [line] = hints(house, unseen)
    assert line == "forge may be asleep: `rackhouse hosts wake forge`, or apply --wake"
    joined.join(house.store, "forge", SILENT)
    [lacks] = hints(house, ())
    assert lacks.startswith("nodes.forge.gpu: nothing puts NVIDIA's container toolkit on forge")
    house.close()
