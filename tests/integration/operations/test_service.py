"""What a service manager runs: `rackhouse up` in the foreground, without a terminal."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.conftest import Rack, end, eventually, new_rack
from rackhouse.operations.service import render

pytestmark = pytest.mark.xdist_group("operations")

BARE = "rack: test\ndata: {postgres: none, cache: none, objects: none}\n"


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    rack = new_rack(tmp_path / "a rack")
    rack.file.write_text(BARE)
    yield rack
    end(rack)


@dataclass(frozen=True)
class Service:
    """A running service, and what it has told its manager."""

    process: subprocess.Popen[bytes]
    channel: socket.socket

    def hears(self) -> str:
        """The next word."""
        return self.channel.recv(100).decode()


@pytest.fixture
def service(rack: Rack, tmp_path: Path) -> Iterator[Service]:
    """The ExecStart of the unit, started as systemd does: in a session, with little around it."""
    text = render(rack.home, rack.file, user=True)
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    log = rack.home.parent / "service.log"
    address = f"@rackhouse-test-{os.getpid()}-{tmp_path.name}"
    with log.open("wb") as out, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address.replace("@", "\0"))
        channel.settimeout(60)
        process = subprocess.Popen(
            shlex.split(start.removeprefix("ExecStart=:")),
            env={
                "PATH": os.environ["PATH"],
                "RACKHOUSE_HOME": str(rack.home),
                "HOME": "/nowhere",
                "NOTIFY_SOCKET": address,
            },
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
        )
        service = Service(process, channel)
        try:
            assert service.hears() == "READY=1"
            assert rack.status()["ready"]
            yield service
        finally:
            process.kill()
            process.wait()
    assert b"Traceback" not in log.read_bytes()
    assert b"sign-in" not in log.read_bytes(), "a link has no business in a log"
    assert b"\x1b[" not in log.read_bytes()


def test_told_to_end_it_stops_the_rack(rack: Rack, service: Service) -> None:
    there = rack.processes()
    assert there
    assert not any("NOTIFY_SOCKET" in each.environ() for each in there), "it speaks for itself"
    service.process.send_signal(signal.SIGTERM)
    assert service.hears() == "STOPPING=1"
    assert service.process.wait(60) == 0
    assert not [each for each in there if each.is_running()]


def test_it_ends_when_the_rack_is_stopped_elsewhere(rack: Rack, service: Service) -> None:
    """With success: what starts failed services again leaves it."""
    rack.run("down")
    assert service.process.wait(60) == 0


def test_it_keeps_the_rack_up(rack: Rack, service: Service) -> None:
    supervisor = int((rack.home / "supervisor.lock").read_text().split()[0])
    os.kill(supervisor, signal.SIGKILL)
    eventually(lambda: rack.status()["supervisor"], 60)
    eventually(lambda: rack.status()["ready"], 60)
    assert service.process.poll() is None


def test_killed_it_is_started_again_beside_what_runs(rack: Rack, service: Service) -> None:
    """Where no manager ends the rest with it: the next one takes the rack over as it is."""
    before = {each.pid for each in rack.processes()}
    service.process.kill()
    service.process.wait()
    rack.run("up", "--detach")
    assert {each.pid for each in rack.processes()} == before


def test_what_a_person_has_to_mend_is_not_tried_again(rack: Rack) -> None:
    rack.file.write_text("rack: [")
    rack.run("up", code=3)
    text = render(rack.home, rack.file, user=True)
    assert "RestartPreventExitStatus=3 64" in text
