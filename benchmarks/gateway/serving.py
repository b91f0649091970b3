"""Processes of the benchmark: pinned to a core, waited for, ended; what they took of it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

HERE = Path(__file__).parent
GATEWAY, LOAD = 0, 1  # cores: what is measured, and all else


def free_port() -> int:
    """Of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def pin(core: int, pid: int = 0) -> None:
    """`pid`, or this process, and all that it starts from here on."""
    with contextlib.suppress(OSError):  # one core: then there is nothing to part
        os.sched_setaffinity(pid, {core})


@contextmanager
def running(
    argv: Sequence[str], port: int, *, core: int, env: dict[str, str], folder: Path
) -> Iterator[psutil.Process]:
    """A server, from when it takes connections. It sees of the environment what `env` says."""
    log = folder / f"{port}.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            argv,
            env={"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8", **env},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            preexec_fn=lambda: pin(core),  # noqa: PLW1509 - one thread at this time
        )
    try:
        _wait(child, port, log)
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if child.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"{child.args} does not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.05)


def spent(process: psutil.Process) -> float:
    """Seconds of CPU that it and its children took so far."""
    family = [process, *process.children(recursive=True)]
    return sum(each.cpu_times().user + each.cpu_times().system for each in family)


def resident(process: psutil.Process) -> float:
    """MB (of a million bytes) that it and its children hold in memory."""
    family = [process, *process.children(recursive=True)]
    return float(sum(each.memory_info().rss for each in family)) / 1e6
