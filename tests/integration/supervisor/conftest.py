"""A supervisor as a real daemon with real units, and proof that nothing of it is left."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rackhouse.kit.files import make_folder, write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import client, table
from rackhouse.supervisor.tree import MARK, mark
from rackhouse.supervisor.unit import Phase, State, Unit


class Rig:
    """One state folder and its supervisor."""

    def __init__(self, root: Path) -> None:
        self.paths = Paths(root)
        make_folder(self.paths.units)

    def unit(self, name: str, script: str = "exec sleep 1000", **more: Any) -> Unit:
        """Write a unit file; its digest is "1" unless said otherwise."""
        more = {"digest": "1", "probe": {"alive": 0.05}, "grace": 5.0, **more}
        unit = Unit(**{"name": name, "command": ("sh", "-c", script), **more})
        write_atomic(self.paths.units / f"{name}.json", unit.to_json())
        return unit

    def remove(self, name: str) -> None:
        (self.paths.units / f"{name}.json").unlink()
        client.poke(self.paths)

    def start(self) -> int:
        return client.start(self.paths)

    def stop(self) -> None:
        client.stop(self.paths, timeout=30)

    def kill(self) -> None:
        """kill -9, and wait until the lock is free."""
        if pid := client.running(self.paths):
            os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def state(self, name: str) -> State | None:
        return client.read_state(self.paths, name)

    def phase(self, name: str, *phases: Phase, digest: str = "1") -> State:
        """Wait until it is in one of these."""
        until(lambda: (s := self.state(name)) and s.digest == digest and s.phase in phases)
        state = self.state(name)
        assert state is not None
        return state

    def ready(self, name: str, digest: str = "1") -> State:
        return self.phase(name, Phase.READY, digest=digest)

    def log(self, name: str) -> str:
        path = self.paths.logs / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def processes(self, name: str = "") -> list[int]:
        """Living processes of that unit, or of all, by their marks."""
        word = f"{MARK}={mark(self.paths.root, name)}".encode()
        return [
            pid
            for pid in table.scan()
            if any(w == word or (not name and w.startswith(word)) for w in table.environment(pid))
        ]

    def supervisors(self) -> list[int]:
        """Living supervisors of this folder, with the lock or without."""
        words = [b"rackhouse.supervisor", bytes(self.paths.root)]
        return [pid for pid in table.scan() if all(word in _argv(pid) for word in words)]


def _argv(pid: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return []


def until(condition: Callable[[], object], within: float = 15.0) -> None:
    """Return as soon as it holds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def gone(*pids: int) -> bool:
    """Whether all of them end, soon."""
    until(lambda: not any(map(table.look, pids)))
    return True


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path / "rack")
    try:
        yield rig
        rig.stop()
        assert rig.processes() == [], "the supervisor left processes behind"
        assert rig.supervisors() == [], "or itself"
        assert not list(rig.paths.states.glob("*.run")), "or records of them"
    finally:
        rig.kill()
        for pid in rig.supervisors() + rig.processes():
            os.kill(pid, signal.SIGKILL)
