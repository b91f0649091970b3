"""A real PostgreSQL and a real Valkey for tests: killed with `kill -9`, started again on the same
data and port. Both listen on loopback alone, and end with the context that started them.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from rackhouse.kit.binaries import find_tools
from rackhouse.kit.process import unprivileged

_PATIENCE = 60.0  # seconds until a server must answer: two busy cores are slow


@dataclass
class Store:
    """One server. What was acknowledged survives `kill`, but not the end of the machine."""

    url: str
    argv: Sequence[str]
    ready: Callable[[], bool]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it answers. What a killed one left behind may refuse the first tries."""
        end = time.monotonic() + _PATIENCE
        while self.child is None or self.child.poll() is not None or not self.ready():
            if self.child is None or self.child.poll() is not None:
                self._launch()
            if time.monotonic() > end:
                raise RuntimeError(f"{self.argv[0]} does not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """`kill -9`, and gone when this returns: a server of PostgreSQL's is in no group of its
        parent's, and would answer on for a moment.
        """
        if self.child is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                one = psutil.Process(self.child.pid)
                servers = one.children(recursive=True)
                for each in (one, *servers):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        each.kill()
                psutil.wait_procs(servers, timeout=5)
            self.child.wait()
            self.child = None

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It and its children are there and do not answer."""
        assert self.child is not None
        one = psutil.Process(self.child.pid)
        stopped = [one, *one.children(recursive=True)]
        for each in stopped:
            each.suspend()
        try:
            yield
        finally:
            for each in stopped:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.resume()

    def stop(self) -> None:
        """With its children."""
        if self.child is None or self.child.poll() is not None:
            return
        self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def _launch(self) -> None:
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.argv,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def postgres(folder: Path) -> Iterator[Store]:
    """A cluster in `folder`, a new one where there is none, its database `gateway`; started."""
    binaries, port, data = find_tools()["postgres_bin"], free_port(), folder / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    if not data.exists():
        _cluster(binaries, data)
    settings = {
        "unix_socket_directories": "",
        "io_method": "sync",
        "fsync": "off",  # of the machine, which stays; `synchronous_commit` is of the process
        "full_page_writes": "off",
        "shared_buffers": "32MB",
        "max_connections": "60",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = Store(
        url=f"postgresql://rackhouse@127.0.0.1:{port}/postgres",
        argv=unprivileged(
            [f"{binaries}/postgres", "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *words]
        ),
        ready=lambda: _accepts(binaries, port),
        log=folder / "postgres.log",
    )
    yield from _running(server)


def _cluster(binaries: str, data: Path) -> None:
    made = subprocess.run(
        [
            *unprivileged([f"{binaries}/initdb"]),
            *("-D", str(data), "-U", "rackhouse", "--auth=trust", "--encoding=UTF8"),
            *("--no-locale", "--no-instructions", "--no-sync"),
        ],
        env={"PATH": os.defpath, "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr.decode()}")


@contextmanager
def valkey(folder: Path) -> Iterator[Store]:
    """An empty one that forgets everything when it ends."""
    program, port = find_tools()["valkey"], free_port()
    folder.mkdir(parents=True, exist_ok=True)
    settings = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no")
    server = Store(
        url=f"redis://127.0.0.1:{port}/0",
        argv=(program, *settings, "--dir", str(folder)),
        ready=lambda: _pongs(port),
        log=folder / "valkey.log",
    )
    yield from _running(server)


def _running(server: Store) -> Iterator[Store]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _accepts(binaries: str, port: int) -> bool:
    argv = (f"{binaries}/pg_isready", "-q", "-t", "5", "-h", "127.0.0.1", "-p", str(port))
    return subprocess.run(argv, env={"PATH": os.defpath}, check=False).returncode == 0


def _pongs(port: int) -> bool:
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), 5) as connection,
    ):
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False


def free_port() -> int:
    """Below the range that outgoing connections take, so that it is free again after a kill."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
