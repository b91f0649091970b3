"""Tiny real processes, and proof that none is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import table
from rackhouse.supervisor.board import Board
from rackhouse.supervisor.clock import FakeClock, MachineClock
from rackhouse.supervisor.runner import World
from rackhouse.supervisor.tree import marked

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command in a session of its own; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(*argv: str, **more: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(argv, start_new_session=True, **more)  # type: ignore[call-overload]
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def world(tmp_path: Path, clock: FakeClock) -> Iterator[World]:
    """A state folder on a clock that stands still; nothing of it may outlive the test."""
    yield _world(tmp_path, clock)
    assert marked(tmp_path, table.scan()) == set()


@pytest.fixture
def real_world(tmp_path: Path) -> Iterator[World]:
    """A state folder on the machine's clock; nothing of it may outlive the test."""
    yield _world(tmp_path, MachineClock())
    assert marked(tmp_path, table.scan()) == set()


def _world(root: Path, clock: FakeClock | MachineClock) -> World:
    paths = Paths(root)
    for folder in (paths.states, paths.logs, paths.units):
        make_folder(folder)
    return World(paths, clock, Board(paths.states, clock), asyncio.Event())


def gone(pid: int, within: float = 5.0) -> bool:
    """Whether it ends, soon."""
    deadline = time.monotonic() + within
    while table.look(pid) and time.monotonic() < deadline:
        time.sleep(0.005)
    return table.look(pid) is None


async def until(condition: Callable[[], object], within: float = 10.0) -> None:
    """Return as soon as it holds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        await asyncio.sleep(0.005)
