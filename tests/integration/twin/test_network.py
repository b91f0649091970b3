"""Switch and router of a twin by plan and apply: as a person would, with real packets.

The switch is reached over SSH in its own VLAN, through the router and its own sockets.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.conftest import Rack
from integration.twin.conftest import FOUND, assert_gone
from rackhouse.twin.home import Home
from rackhouse.twin.tools import inside

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("twin")]

FILE = """\
rack: network
domain: home.arpa
network:
  router: {name: gw, node: gate, serves: [dhcp, dns, firewall]}
  switch: {name: sw1, ports: 5, uplink: 5, system: openvswitch, address: 10.20.10.2}
  vlans:
    management: {id: 10, subnet: 10.20.10.0/24}
    cluster: {id: 20, subnet: 10.20.20.0/24}
    desks: {id: 40, subnet: 10.20.40.0/24, dhcp: 10.20.40.100-200}
  reach:
    - {from: desks, to: management, ports: [ssh]}
    - {from: desks, to: cluster, ports: [ssh, 6443]}
    - {from: cluster, to: internet, ports: [dns]}
nodes:
  gate: {role: router, board: n100-8gb, address: 10.20.10.1, port: 5}
  pi-1: {role: storage, board: rpi5-8gb, address: 10.20.20.11, port: 1}
  desk: {role: dev, address: 10.20.40.10, port: 2}
"""
OURS = 'iifname "vlan40" ip daddr 10.20.10.1 tcp dport 22 accept'  # the way to the router
GIVEN = """\
#!/bin/sh
[ "$1" = bound ] && echo "$ip by $router, names from $dns"
exit 0
"""


class Twin(Rack):
    """The rack, whose root file system was found before a test's clean environment."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "RACKHOUSE_ROOTFS": str(FOUND)}

    @property
    def twin(self) -> Home:
        return Home(self.home)

    def steps(self) -> list[str]:
        said = self.run("plan", "--only", "twin", "--json", code=None).stdout
        return [step["id"] for step in json.loads(said)["steps"]]

    def apply(self, code: int = 0) -> str:
        done = self.run("apply", "--only", "twin", "--yes", code=code)
        return done.stdout + done.stderr

    def matrix(self, code: int = 0) -> str:
        return self.run("twin", "matrix", code=code).stdout.strip()

    def switch(self, *words: str) -> str:
        argv = ["ovs-vsctl", f"--db=unix:{self.twin.switch / 'db.sock'}", *words]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()

    def on(self, node: str, *argv: str | Path) -> str:
        """What a program of this machine says in the node's network."""
        words = inside(self.twin.namespace(node), *map(str, argv))
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout.strip()


def until(holds: Callable[[], bool]) -> None:
    """What goes back by itself does so within twenty seconds."""
    deadline = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture(scope="module")
def rack(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    folder = tmp_path_factory.mktemp("network")
    rack = Twin(folder / "home", folder / "rack.yaml")
    rack.file.write_text(FILE)
    names: list[str] = []
    try:
        rack.run("twin", "up", "--systemd", "all", "--switch", "openvswitch")
        names = rack.twin.namespaces()
        _is_applied(rack)
        yield rack
    finally:
        rack.run("twin", "down", code=None)
        assert_gone(rack.twin, names)


def _is_applied(rack: Twin) -> None:
    planned = rack.steps()
    assert {f"switch.sw1/port/{n}" for n in range(1, 6)} <= set(planned)
    assert {"host.gate/networkd/router", "host.gate/ruleset/reach"} <= set(planned)
    assert planned.index("switch.sw1/port/5") > planned.index("switch.sw1/port/4")
    rack.apply()
    assert rack.steps() == []


def test_applied_they_do_what_the_rack_file_says(rack: Twin) -> None:
    assert "0 are not what the rack file says" in rack.matrix()
    assert rack.run("twin", "run", "gate", "--", "networkctl", "reload").returncode == 0
    assert "0 are not what the rack file says" in rack.matrix()


def test_machines_are_handed_addresses_and_told_names(rack: Twin, tmp_path: Path) -> None:
    if shutil.which("busybox") is None:
        pytest.skip("asking for an address takes busybox")
    given = tmp_path / "given"
    given.write_text(GIVEN)
    given.chmod(0o755)
    ask = ("busybox", "udhcpc", "-i", "eth0", "-n", "-q", "-t", "5", "-T", "1", "-s", given, "-x")
    assert (
        rack.on("pi-1", *ask, "hostname:pi-1") == "10.20.20.11 by 10.20.20.1, names from 10.20.20.1"
    )
    assert rack.on("pi-1", *ask, "hostname:stranger") == ""
    assert rack.on("desk", *ask, "hostname:phone").startswith("10.20.40.1")
    for name, address in (("pi-1", "10.20.20.11"), ("sw1", "10.20.10.2"), ("gw", "10.20.10.1")):
        told = rack.on("desk", "busybox", "nslookup", f"{name}.home.arpa", "10.20.40.1")
        assert re.findall(r"^Address.* ([\d.]+)$", told, re.MULTILINE)[-1:] == [address], told


def test_a_port_put_into_a_wrong_vlan_is_found_by_its_name_and_mended(rack: Twin) -> None:
    rack.switch("set", "port", "lan1", "tag=40")
    assert "pi-1 is in the wrong VLAN: port 1 is in VLAN 40 (desks)" in rack.matrix(code=2)
    assert rack.steps() == ["switch.sw1/port/1"]
    assert "switch.sw1/port/1" in rack.apply()
    assert rack.switch("get", "port", "lan1", "tag") == "20"
    assert "0 are not what the rack file says" in rack.matrix()


def test_a_change_that_cuts_our_own_way_goes_back(rack: Twin) -> None:
    moved = FILE.replace("uplink: 5", "uplink: 4").replace("port: 5}", "port: 4}")
    rack.file.write_text(moved)
    try:
        said = rack.apply(code=6)
        assert "the switch goes back to what it had" in said
        until(lambda: rack.switch("get", "port", "lan5", "trunks") != "[]")
    finally:
        rack.file.write_text(FILE)
    rack.apply()
    assert rack.steps() == []
    assert "0 are not what the rack file says" in rack.matrix()


def test_rules_that_let_nobody_in_go_back(rack: Twin) -> None:
    rack.file.write_text(
        FILE.replace("{from: desks, to: management", "{from: cluster, to: management")
    )
    try:
        said = rack.apply(code=6)
        assert "host.gate/ruleset/reach" in said
        assert "goes back to what it had" in said
    finally:
        rack.file.write_text(FILE)
    until(lambda: OURS in rack.on("gate", "nft", "list", "ruleset"))
    rack.apply()
    assert rack.steps() == []
