"""The two small programs that run in nodes, on this machine's loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rackhouse.twin import connect, probe

PROBE = (sys.executable, "-IS", str(Path(probe.__file__)))
CONNECT = (sys.executable, "-IS", str(Path(connect.__file__)))
HERE = "127.0.0.1"


def free(kind: int) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind((HERE, 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def listening(*ports: str) -> Iterator[None]:
    argv = (*PROBE, "listen", HERE, *ports)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as listener:
        assert listener.stdout
        assert listener.stdout.readline() == b"ready\n"
        yield
        assert listener.stdin
        listener.stdin.close()
        assert listener.wait(10) == 0


def tried(*targets: tuple[str, str, int], seconds: float = 5) -> list[str]:
    argv = (*PROBE, "open", str(seconds))
    done = subprocess.run(
        argv, input=json.dumps(targets), capture_output=True, text=True, check=True
    )
    answers: list[str] = json.loads(done.stdout)
    return answers


def test_what_listens_is_open_and_what_does_not_is_refused() -> None:
    tcp, udp = free(socket.SOCK_STREAM), free(socket.SOCK_DGRAM)
    with listening(f"{tcp}/tcp", f"{udp}/udp"):
        assert tried((HERE, "tcp", tcp), (HERE, "udp", udp)) == ["open", "open"]
    assert tried((HERE, "udp", udp), (HERE, "tcp", tcp)) == ["refused", "refused"]


def test_silence_is_dropped() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HERE, 0))
        assert tried((HERE, "udp", silent.getsockname()[1]), seconds=0.5) == ["dropped"]


def test_a_port_that_a_real_program_has_is_left_to_it() -> None:
    port = free(socket.SOCK_STREAM)
    with socket.create_server((HERE, 0)) as real:
        taken = real.getsockname()[1]
        with listening(f"{taken}/tcp", f"{port}/tcp"):
            assert tried((HERE, "tcp", taken), (HERE, "tcp", port)) == ["open", "open"]
            assert real.accept()


def test_a_connection_is_relayed_both_ways_to_its_end() -> None:
    with (
        socket.create_server((HERE, 0)) as server,
        subprocess.Popen(
            (*CONNECT, HERE, str(server.getsockname()[1])),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as relay,
    ):
        assert relay.stdin
        assert relay.stdout
        far, _ = server.accept()
        with far, far.makefile("rb") as heard:
            far.sendall(b"hello")
            assert relay.stdout.read(5) == b"hello"
            relay.stdin.write(b"question")
            relay.stdin.close()
            assert heard.read() == b"question"  # to its end, which is passed on
            far.sendall(b"answer" * 1000)
        assert relay.stdout.read() == b"answer" * 1000
        assert relay.wait(10) == 0


def test_who_is_not_there_is_named() -> None:
    port = free(socket.SOCK_STREAM)
    done = subprocess.run((*CONNECT, HERE, str(port)), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == f"{HERE} port {port}: Connection refused"
