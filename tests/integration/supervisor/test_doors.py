"""Listening sockets outlive the process that serves at them: no port is lost, no caller refused."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

import pytest

from rackhouse.kit.files import write_atomic
from rackhouse.supervisor import client
from rackhouse.supervisor.unit import Phase, Unit

from .conftest import Rig, until

# It takes a while until it answers well, as the ingress does until it has read its routes.
SERVER = """
import http.server, os, socket, sys, threading, time
assert os.environ["LISTEN_PID"] == str(os.getpid())
names = os.environ["LISTEN_FDNAMES"].split(":")
began = time.monotonic()
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        late = os.path.exists("late")
        self.send_response(200 if time.monotonic() - began > 0.3 and not late else 404)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
    def log_message(self, *_): pass
if os.path.exists("broken"):
    sys.exit("broken")
for place in range(3, 3 + len(names)):
    server = http.server.ThreadingHTTPServer(("", 0), Answer, bind_and_activate=False)
    server.socket = socket.socket(fileno=place)
    threading.Thread(target=server.serve_forever).start()
"""


def holds_back() -> bool:
    """Whether this kernel lets this account drop packets; else callers queue, as ADR 0011 says."""
    keep_nothing = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0))
    program = struct.pack("@HP", 1, ctypes.addressof(keep_nothing))
    with socket.socket() as one:
        try:
            one.setsockopt(socket.SOL_SOCKET, 26, program)  # SO_ATTACH_FILTER
        except OSError:
            return False
    return True


HOLDS_BACK = holds_back()


@pytest.fixture
def ports() -> list[int]:
    """Two that are free: the probe's and a door."""
    with contextlib.ExitStack() as held:
        made = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        return [one.getsockname()[1] for one in made]


def serve(rig: Rig, ports: list[int], digest: str = "1") -> None:
    """Write the unit of a server with an entry for the probe and a door."""
    unit = Unit(
        name="web",
        command=(sys.executable, "-c", SERVER),
        probe={"http": f"http://127.0.0.1:{ports[0]}/ready"},
        sockets={name: f"127.0.0.1:{port}" for name, port in zip("ab", ports, strict=True)},
        digest=digest,
        grace=5.0,
    )
    write_atomic(rig.paths.units / "web.json", unit.to_json())
    client.poke(rig.paths)


def ask(port: int, patience: float = 30.0) -> int | str:
    """The status, or how it failed. Each on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


class Callers:
    """People who call one door again and again, until the block ends."""

    def __init__(self, port: int) -> None:
        self.answers: list[int | str] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(port,)) for _ in range(4)]

    def _call(self, port: int) -> None:
        while not self._over.wait(0.005):
            self.answers.append(ask(port))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        until(lambda: self.answers.count(200) > 20)
        return self

    def __exit__(self, *_: object) -> None:
        before = self.answers.count(200)
        until(lambda: self.answers.count(200) > before + 20, within=60)
        self._over.set()
        for thread in self._threads:
            thread.join()


def killed(rig: Rig) -> int:
    """kill -9 of the server; the pid that it had."""
    pid = rig.ready("web").pid
    os.kill(pid, signal.SIGKILL)
    return pid


def back(rig: Rig, old: int) -> None:
    until(lambda: (s := rig.state("web")) and s.phase is Phase.READY and s.pid != old)


@contextlib.contextmanager
def hunting(port: int) -> Iterator[Path]:
    """A stranger who tries all the time to listen on `port`; it ends once it does."""
    hunt = (
        "import socket, sys\n"
        "while True:\n"
        "    with socket.socket() as one:\n"
        "        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
        "        try:\n"
        f"            one.bind(('127.0.0.1', {port})); one.listen(); sys.exit()\n"
        "        except OSError: pass\n"
    )
    with subprocess.Popen([sys.executable, "-c", hunt]) as process:
        try:
            time.sleep(0.3)
            yield Path(f"/proc/{process.pid}")
            assert process.poll() is None, "a stranger has the port now"
        finally:
            process.kill()


def test_a_killed_server_loses_no_door_and_refuses_nobody(rig: Rig, ports: list[int]) -> None:
    serve(rig, ports)
    rig.start()
    rig.ready("web")
    with hunting(ports[1]), Callers(ports[1]) as callers:
        for _ in range(3):
            back(rig, killed(rig))
            until(lambda: ask(ports[1]) == 200)
    assert "ConnectionRefusedError" not in callers.answers
    assert 404 not in callers.answers or not HOLDS_BACK  # nobody is answered before it is ready


def test_a_planned_restart_fails_nobody_but_whom_it_is_answering(
    rig: Rig, ports: list[int]
) -> None:
    serve(rig, ports)
    rig.start()
    rig.ready("web")
    with Callers(ports[1]) as callers:
        serve(rig, ports, digest="2")
        rig.ready("web", digest="2")
    assert "ConnectionRefusedError" not in callers.answers
    assert 404 not in callers.answers or not HOLDS_BACK


def test_after_kill_of_the_supervisor_the_doors_are_kept_as_before(
    rig: Rig, ports: list[int]
) -> None:
    serve(rig, ports)
    rig.start()
    served = rig.ready("web").pid
    rig.kill()
    assert ask(ports[1]) == 200
    rig.start()
    assert rig.ready("web").pid == served
    with hunting(ports[1]):
        for _ in range(3):
            assert ask(ports[1]) == 200  # what is reserved takes no caller away
        back(rig, killed(rig))
        assert ask(ports[1]) == 200


def test_what_a_killed_supervisor_held_back_is_started_anew(rig: Rig, ports: list[int]) -> None:
    late = rig.paths.root / "late"
    late.touch()
    serve(rig, ports)
    rig.start()
    starting = rig.phase("web", Phase.STARTING)
    until(lambda: ask(ports[0]) == 404)
    rig.kill()
    late.unlink()
    rig.start()
    assert rig.ready("web").pid != starting.pid
    assert ask(ports[1]) == 200


def test_when_nobody_will_serve_for_long_callers_are_told(rig: Rig, ports: list[int]) -> None:
    (rig.paths.root / "broken").touch()
    serve(rig, ports)
    rig.start()
    rig.phase("web", Phase.CRASHED)
    assert ask(ports[1]) == "ConnectionRefusedError"
    (rig.paths.root / "broken").unlink()
    client.forget(rig.paths, "web")
    rig.ready("web")
    assert ask(ports[1]) == 200


def test_a_stranger_who_was_there_first_is_told_of(rig: Rig, ports: list[int]) -> None:
    with socket.create_server(("127.0.0.1", ports[1])):
        serve(rig, ports)
        rig.start()
        state = rig.phase("web", Phase.BACKOFF, Phase.CRASHED)
        assert state.why == f"cannot listen on 127.0.0.1:{ports[1]}: somebody else does"
    client.forget(rig.paths, "web")
    rig.ready("web")
    assert ask(ports[1]) == 200


def test_what_is_no_longer_wanted_lets_go_of_its_doors(rig: Rig, ports: list[int]) -> None:
    serve(rig, ports)
    rig.start()
    rig.ready("web")
    rig.remove("web")
    until(lambda: rig.state("web") is None)
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()
