"""dnsmasq takes the file, and answers by it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rackhouse.desired.network import dnsmasq
from rackhouse.rack.model import Router
from rackhouse.rack.words import Serves
from unit.desired.network.golden import RACKS, rack

pytestmark = pytest.mark.skipif(
    shutil.which("dnsmasq") is None, reason="dnsmasq is not installed on this machine"
)


@pytest.mark.parametrize("name", RACKS)
def test_dnsmasq_takes_the_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "rackhouse.conf"
    file.write_text(dnsmasq.render(rack(name)))
    tried = subprocess.run(
        ["dnsmasq", "--test", "-C", file], check=False, capture_output=True, text=True
    )
    assert not tried.returncode, tried.stderr


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a dnsmasq on loopback that has the names of the reference rack, and no DHCP."""
    home = rack("home")
    router = Router(name="gw", node="gate", serves=(Serves.DNS,))
    file = tmp_path_factory.mktemp("dnsmasq") / "rackhouse.conf"
    network = replace(home.network, router=router)
    file.write_text(dnsmasq.render(replace(home, network=network)))
    process, port = _started(file)
    yield port
    process.terminate()
    process.communicate()


def _started(file: Path) -> tuple[subprocess.Popen[bytes], int]:
    alone = ["--keep-in-foreground", "--no-resolv", "--pid-file=", "--listen-address=127.0.0.1"]
    for _ in range(10):  # until a port is free for TCP, too
        port = _free_port()
        process = subprocess.Popen(["dnsmasq", "-C", file, *alone, f"--port={port}"])
        while process.poll() is None:
            try:
                ask(port, "gate.home.arpa")
            except ConnectionRefusedError:
                time.sleep(0.02)
            except BaseException:
                process.kill()
                process.wait()
                raise
            else:
                return process, port
    raise AssertionError("dnsmasq found no free port")


def _free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, name: str) -> list[str]:
    """The IPv4 addresses of a name (RFC 1035, by hand: no resolver of this machine has a say)."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\0\x00\x01\x00\x01"
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as wire:
        wire.settimeout(30)  # a busy machine; refused is refused at once
        wire.connect(("127.0.0.1", port))
        wire.send(query)
        answer = wire.recv(512)
    count, rest = int.from_bytes(answer[6:8], "big"), answer[len(query) :]
    # Each answer: a pointer to the name, type, class, life, length 4, address.
    return [".".join(map(str, rest[16 * n + 12 : 16 * n + 16])) for n in range(count)]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("pi-1.home.arpa", "10.20.20.11"),
        ("pi-1", "10.20.20.11"),
        ("gw.home.arpa", "10.20.10.1"),
        ("api.home.home.arpa", "10.20.20.5"),
        ("hello.home.arpa", "10.20.20.5"),  # an application, at the ingress
        ("console.home.arpa", "10.20.20.5"),  # whatever else is below the domain
        ("a.b.home.arpa", "10.20.20.5"),
    ],
)
def test_names_lead_where_they_should(server: int, name: str, address: str) -> None:
    assert ask(server, name) == [address]


def test_other_names_are_not_made_up(server: int) -> None:
    assert ask(server, "example.org") == []
