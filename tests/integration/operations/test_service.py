"""What a service manager runs: `rackhouse up` in the foreground, without a terminal."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
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


@pytest.fixture
def service(rack: Rack) -> Iterator[subprocess.Popen[bytes]]:
    """The ExecStart of the unit, started as systemd does: in a session, with little around it."""
    text = render(rack.home, rack.file, user=True)
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    log = rack.home.parent / "service.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            shlex.split(start.removeprefix("ExecStart=")),
            env={"PATH": os.environ["PATH"], "RACKHOUSE_HOME": str(rack.home), "HOME": "/nowhere"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
        )
        try:
            eventually(lambda: rack.status()["ready"], 60)
            yield process
        finally:
            process.kill()
            process.wait()
    assert b"Traceback" not in log.read_bytes()
    assert b"sign-in" not in log.read_bytes(), "a link has no business in a log"
    assert b"\x1b[" not in log.read_bytes()


def test_told_to_end_it_stops_the_rack(rack: Rack, service: subprocess.Popen[bytes]) -> None:
    assert rack.processes()
    service.send_signal(signal.SIGTERM)
    assert service.wait(60) in {0, 130}, "both are success: 130 where it was still at work"
    assert not [process for process in rack.processes() if process.is_running()]


def test_it_ends_when_the_rack_is_stopped_elsewhere(
    rack: Rack, service: subprocess.Popen[bytes]
) -> None:
    """With success: what starts failed services again leaves it."""
    rack.run("down")
    assert service.wait(60) == 0


def test_it_keeps_the_rack_up(rack: Rack, service: subprocess.Popen[bytes]) -> None:
    supervisor = int((rack.home / "supervisor.lock").read_text().split()[0])
    os.kill(supervisor, signal.SIGKILL)
    eventually(lambda: rack.status()["supervisor"], 60)
    eventually(lambda: rack.status()["ready"], 60)
    assert service.poll() is None
