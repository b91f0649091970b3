"""What is sent to be measured with: on a tree of files as machines have them, and on this one."""

from __future__ import annotations

import ast
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rackhouse.operations.hosts.there as package
from rackhouse.operations.hosts.between import measure_lines, pairs, waves
from rackhouse.operations.hosts.health import Line
from rackhouse.operations.hosts.there import arp, health, line, names, read
from rackhouse.operations.hosts.visit import _MODULES, entered
from rackhouse.rack.load import load
from rackhouse.rack.model import Node
from rackhouse.rack.words import Role
from rackhouse.transport.local import Local
from unit.host.test_sources import MINIMAL

HERE = Path(package.__file__).parent
PI = {
    "sys/class/thermal/thermal_zone0/temp": "52034",
    "sys/class/thermal/thermal_zone1/temp": "61100",
    "sys/class/thermal/cooling_device0/type": "pwm-fan",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005",
    "sys/block/mmcblk0/device/life_time": "0x02 0x03",
    "sys/block/mmcblk0/device/pre_eol_info": "0x01",
    "sys/block/mmcblk0/stat": "  100 0 800 50 200 0 4000 90 0 80 140 0 0 0 0 0 0",
    "sys/block/loop0/stat": "1 1 1 1 1 1 1 1 1 1 1",
    "proc/mounts": "/dev/mmcblk0p2 / ext4 ro,noatime 0 0\ntmpfs /run tmpfs rw 0 0",
    "proc/uptime": "3600.50 14000.10",
    "var/lib/rancher/k3s/server/tls/client-admin.crt": "-----BEGIN CERTIFICATE-----",
    "var/lib/rancher/k3s/server/tls/client-admin.key": "secret",
    "etc/resolv.conf": "# by hand\nsearch home.arpa\nnameserver 10.20.20.1\nnameserver 9.9.9.9\n",
}


@pytest.fixture
def pi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in PI.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    monkeypatch.setattr(read, "ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def tool(root: Path, name: str, says: str) -> None:
    program = root / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\n")
    program.chmod(0o755)


def test_a_pi_is_read(pi: Path) -> None:
    tool(pi, "timedatectl", "no")
    found = health.health()
    assert found["temperature"] == 61.1
    assert found["throttled"] == 0x50005
    assert found["worn"] == {"mmcblk0": 30}
    assert found["reserves"] == {"mmcblk0": 1}
    assert found["written"] == {"mmcblk0": 4000 * 512}
    assert found["uptime"] == 3600.5
    assert found["read_only"] is True
    assert found["synchronised"] is False
    folder = "/var/lib/rancher/k3s/server/tls"
    assert found["certificates"] == {f"{folder}/client-admin.crt": "-----BEGIN CERTIFICATE-----"}
    assert names.servers() == ["10.20.20.1", "9.9.9.9"]


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("nvme", "Smart Log for NVME device:nvme0n1\npercentage_used                     : 7%"),
        ("smartctl", "SMART/Health Information (NVMe Log 0x02)\nPercentage Used:         7%"),
    ],
)
def test_an_nvme_disk_says_by_a_tool_how_worn_it_is(pi: Path, program: str, says: str) -> None:
    (pi / "sys/block/nvme0n1").mkdir()
    assert health.worn() == {"mmcblk0": 30}
    tool(pi, program, says)
    assert health.worn() == {"mmcblk0": 30, "nvme0n1": 7}


def test_a_firmware_is_asked_by_its_own_tool(pi: Path) -> None:
    (pi / "sys/devices/platform/soc/soc:firmware/get_throttled").unlink()
    assert health.throttled() is None
    tool(pi, "vcgencmd", "throttled=0x80000")
    assert health.throttled() == 0x80000


def test_where_there_is_nothing_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = health.health()
    assert 0 <= found.pop("free") <= 1  # type: ignore[operator]
    assert not any(found.values())
    assert names.resolve(["a.home.arpa"]) == [
        {"name": "a.home.arpa", "error": "no name server is set"}
    ]


Serve = Callable[[bytes], bytes]


@pytest.fixture
def server() -> Iterator[Callable[[Serve], int]]:
    """A name server of one answer, on the loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))

        def serve(answer: Serve) -> int:
            def once() -> None:
                question, who = wire.recvfrom(512)
                wire.sendto(b"\0\0noise", who)  # another's answer
                wire.sendto(answer(question), who)

            threading.Thread(target=once, daemon=True).start()
            return int(wire.getsockname()[1])

        yield serve


def reply(question: bytes, code: int, *records: bytes) -> bytes:
    head = question[:2] + struct.pack(">HHHHH", 0x8180 | code, 1, len(records), 0, 0)
    return head + question[12:] + b"".join(records)


def record(kind: int, data: bytes) -> bytes:
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def test_a_name_server_is_asked_and_read(server: Callable[[Serve], int]) -> None:
    alias, address = record(5, b"\x03www\xc0\x0c"), record(1, bytes([10, 20, 20, 11]))
    port = server(lambda question: reply(question, 0, alias, address))
    assert names.ask("127.0.0.1", "pi-1.home.arpa", port) == {"addresses": ["10.20.20.11"]}


@pytest.mark.parametrize(("code", "says"), [(3, "no such name"), (2, "failed"), (9, "error 9")])
def test_a_name_server_that_knows_nothing_says_so(
    server: Callable[[Serve], int], code: int, says: str
) -> None:
    port = server(lambda question: reply(question, code))
    assert says in names.ask("127.0.0.1", "pi-9.home.arpa", port)["error"]  # type: ignore[operator]


def test_a_name_without_an_address_is_said(server: Callable[[Serve], int]) -> None:
    port = server(lambda question: reply(question, 0))
    assert names.ask("127.0.0.1", "a.b", port) == {"error": "the name has no address"}


@pytest.mark.parametrize("cut", [0, 3, 8, 20, 40])
def test_an_answer_that_makes_no_sense_is_said(
    server: Callable[[Serve], int], monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    whole = record(1, bytes([10, 20, 20, 11])) * 2
    port = server(lambda question: reply(question, 0, whole, whole)[: cut or 2])
    ask = names.ask
    monkeypatch.setattr(names, "ask", lambda server, name: ask(server, name, port))
    monkeypatch.setattr(names, "servers", lambda: ["127.0.0.1"])
    (answer,) = names.resolve(["a.b"])
    assert answer["error"] == "what it answers makes no sense"


def test_a_probe_claims_nothing() -> None:
    """RFC 5227, 2.1.1: the sender's address is zero, so that nobody's table is changed."""
    packet = arp._probe(bytes.fromhex("aabbccddeeff"), "10.20.20.11")
    assert packet[:6] == b"\xff" * 6
    assert packet[12:22] == bytes.fromhex("08060001080006040001")
    assert packet[22:28].hex(":") == "aa:bb:cc:dd:ee:ff"
    assert packet[28:32] == bytes(4)
    assert packet[38:] == bytes([10, 20, 20, 11])


def test_an_echo_request_has_a_right_checksum() -> None:
    packet = line._echo_request(0xABCD, 100)
    total = sum(struct.unpack(f">{len(packet) // 2}H", packet))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_a_line_is_measured_from_both_ends() -> None:
    port = line.listen("127.0.0.1", "127.0.0.1")
    found: Any = line.call("127.0.0.1", port)
    assert 0 < found["ms"] <= found["ms99"] < 1000
    assert min(found["out"], found["back"]) > 1e6
    assert "error" in line.call("127.0.0.1", port)  # it listens for one caller, once


def test_a_stranger_is_not_measured_with() -> None:
    port = line.listen("127.0.0.1", "192.0.2.1")
    assert "error" in line.call("127.0.0.1", port)


@pytest.mark.parametrize("name", _MODULES)
def test_a_module_runs_on_an_old_and_small_python(name: str) -> None:
    tree = ast.parse((HERE / f"{name}.py").read_text(), feature_version=(3, 9))
    own = f"{package.__name__}."
    imported = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not f"{node.module}.".startswith(own):
            imported.add(node.module or "")
    assert imported <= MINIMAL | {"re", "select", "struct"}


def test_every_module_is_sent_after_those_that_it_uses() -> None:
    assert {file.stem for file in HERE.glob("*.py")} == {*_MODULES, "__init__"}
    for at, name in enumerate(_MODULES):
        text = (HERE / f"{name}.py").read_text()
        later = [f"there.{each} " for each in _MODULES[at:]]
        assert not [each for each in later if each in text]


TWO_VLANS = load("""
network:
  router: {serves: [firewall]}
  vlans: {near: {id: 2, subnet: 10.1.0.0/24}, far: {id: 3, subnet: 10.2.0.0/24}}
""")


@given(st.sets(st.integers(1, 20)), st.sets(st.integers(1, 20)))
def test_each_machine_has_a_line_and_their_number_grows_as_the_machines(
    near: set[int], far: set[int]
) -> None:
    nodes = [Node(name=f"a-{n}", role=Role.DEV, address=IPv4Address(f"10.1.0.{n}")) for n in near]
    nodes += [Node(name=f"b-{n}", role=Role.DEV, address=IPv4Address(f"10.2.0.{n}")) for n in far]
    rack = replace(TWO_VLANS, nodes=tuple(nodes))
    found = pairs(rack, [node.name for node in rack.nodes])
    assert all(source[0] == target[0] and source != target for source, target in found)
    assert len({frozenset(pair) for pair in found}) == len(found)
    for group, prefix in ((near, "a"), (far, "b")):
        own = [pair for pair in found if pair[0][0] == prefix]
        assert len(own) <= 2 * len(group)
        if len(group) > 1:
            assert {name for pair in own for name in pair} == {f"{prefix}-{n}" for n in group}
    for wave in waves(found):
        ends = [name for pair in wave for name in pair]
        assert len(ends) == len(set(ends))
    assert sorted(pair for wave in waves(found) for pair in wave) == sorted(found)


async def test_a_machine_that_lacks_its_address_is_said() -> None:
    nodes = [
        Node(name=name, role=Role.DEV, address=IPv4Address(f"10.1.0.{number}"))
        for number, name in enumerate(("a", "b"), 1)
    ]
    here = Local()
    try:
        async with entered(here, "a", sudo=False) as a, entered(here, "b", sudo=False) as b:
            rack = replace(TWO_VLANS, nodes=tuple(nodes))
            (found,) = await measure_lines(rack, {"a": a, "b": b})
    finally:
        await here.close()
    assert found == Line(source="b", target="a", error="a does not have 10.1.0.1")
