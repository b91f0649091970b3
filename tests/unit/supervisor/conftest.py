"""Tiny real processes, and proof that none is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths
from rackhouse.supervisor import table
from rackhouse.supervisor.board import Board
from rackhouse.supervisor.clock import FakeClock
from rackhouse.supervisor.runner import World
from rackhouse.supervisor.slot import Slot
from rackhouse.supervisor.tree import marked
from rackhouse.supervisor.unit import Phase, State, Unit

Start = Callable[..., subprocess.Popen[bytes]]
Keep = Callable[[Unit], Awaitable["Kept"]]


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
    paths = Paths(tmp_path)
    for folder in (paths.states, paths.logs, paths.units):
        make_folder(folder)
    yield World(paths, clock, Board(paths.states, clock), asyncio.Event())
    assert marked(tmp_path, table.scan()) == set()


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


def save(world: World, state: State) -> None:
    """Write a state as an earlier supervisor would have left it."""
    (world.paths.states / f"{state.name}.json").write_text(state.to_json())


@dataclass
class Kept:
    """A unit that is kept in this very process."""

    slot: Slot
    world: World
    task: asyncio.Task[None]

    @property
    def state(self) -> State:
        return self.world.board.states[self.slot.name]

    @property
    def log(self) -> str:
        path = self.world.paths.logs / f"{self.slot.name}.log"
        return path.read_text() if path.exists() else ""

    async def phase(self, *phases: Phase) -> State:
        """Wait until it is in one of these."""
        await until(lambda: self.state.phase in phases)
        return self.state

    async def said(self, text: str) -> None:
        """Wait until it wrote that to its log."""
        await until(lambda: text in self.log)

    async def stop(self) -> None:
        """Want it no longer, and wait until it has gone."""
        self.slot.want(None)
        await asyncio.wait_for(self.task, 10)


@pytest.fixture
async def keep(world: World) -> AsyncIterator[Keep]:
    """Keep a unit on the fake clock; it goes with the test."""
    kept: list[Kept] = []

    async def begin(unit: Unit) -> Kept:
        async def at_once(_: str) -> None: ...

        slot = Slot(unit.name, world, at_once)
        slot.want(unit)
        kept.append(Kept(slot, world, asyncio.create_task(slot.run())))
        await until(lambda: slot.runner)
        return kept[-1]

    yield begin
    world.hurry.set()
    for each in kept:
        if each.slot.runner:
            each.slot.runner.unit = replace(each.slot.runner.unit, stop_signal="SIGKILL")
        each.slot.close()
        await asyncio.wait_for(each.task, 10)
