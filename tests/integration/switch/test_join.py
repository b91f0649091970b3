"""A switch joins, by a real sshd: pinned, asked as a plan asks, remembered, forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.host.sshd import Server, sshd
from integration.switch.ovsdb import Database, database
from rackhouse.apply.joined import joined, switches
from rackhouse.apply.open import OpenRack, open_rack
from rackhouse.cli.main import run
from rackhouse.kit.errors import HostError, Refused
from rackhouse.operations.hosts.join import address_of, forget, join
from rackhouse.targets.switch import openvswitch

pytestmark = pytest.mark.slow

RACK = """\
rack: test
network:
  switch: {name: sw1, ports: 4, uplink: 4, system: SYSTEM, address: 10.20.10.2}
  router: {serves: [firewall]}
  vlans:
    home: {id: 10, subnet: 10.20.10.0/24}
    guests: {id: 20, subnet: 10.20.20.0/24}
nodes: {desk: {role: dev, address: 10.20.10.9, port: 1}}
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database; the target speaks to it in place of the system's own."""
    with database() as found:
        own = openvswitch.OpenVSwitch(found.program)
        monkeypatch.setattr("rackhouse.targets.switch.OpenVSwitch", lambda: own)
        yield found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with sshd(tmp_path) as server:
        yield server


def rack(folder: Path, system: str) -> OpenRack:
    file = folder / "rack.yaml"
    file.write_text(RACK.replace("SYSTEM", system))
    return open_rack(file, root=folder / "home", now=datetime.now(UTC))


async def test_it_joins_is_planned_and_forgotten(
    made: Database, server: Server, tmp_path: Path
) -> None:
    house = rack(tmp_path, "openvswitch")
    there = server.address
    assert str(address_of(house, "sw1")) == "root@10.20.10.2"
    at = f"{there.user}@127.0.0.1:{there.port}"
    address = replace(address_of(house, "sw1", at, there.key), sudo=False)
    await join(house, "sw1", address, lambda _address, _shown: True)
    assert joined(house.store) == {}
    assert switches(house.store)["sw1"]["host_key"] == there.host_key
    planned = await house.plan(house.wanted_on_hosts())
    ids = [str(step.id) for step in planned.steps]
    assert sorted(ids) == [f"switch.sw1/port/{n}" for n in range(1, 5)]
    assert ids[-1] == "switch.sw1/port/4"
    forget(house, "sw1")
    assert switches(house.store) == {}
    house.close()


async def test_one_without_open_vswitch_does_not_join(server: Server, tmp_path: Path) -> None:
    house = rack(tmp_path, "openvswitch")
    there = server.address
    at = f"{there.user}@127.0.0.1:{there.port}"
    address = replace(address_of(house, "sw1", at, there.key), sudo=False)
    with pytest.MonkeyPatch.context() as patched:
        own = openvswitch.OpenVSwitch(("no-such-program",))
        patched.setattr("rackhouse.targets.switch.OpenVSwitch", lambda: own)
        with pytest.raises(HostError, match="the switch refused"):
            await join(house, "sw1", address, lambda _address, _shown: True)
    assert switches(house.store) == {}
    house.close()


def test_one_that_is_only_written_for_is_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rack(tmp_path, "routeros").close()
    file = str(tmp_path / "rack.yaml")
    assert run(["-f", file, "hosts", "add", "sw1", "--yes"]) == Refused.exit_code
    said = capsys.readouterr().err
    assert "has never said to a device" in said
    assert "rackhouse network render routeros" in said


def test_it_is_on_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rack(tmp_path, "openvswitch").close()
    file = str(tmp_path / "rack.yaml")
    assert run(["-f", file, "hosts", "list", "--json", "--offline"]) == 0
    rows = {row["node"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["sw1"]["role"], rows["sw1"]["address"]) == ("switch", "10.20.10.2")
