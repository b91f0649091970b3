"""Starts, watches and ends the one process of a unit. When to do so, the lives decide."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rackhouse.kit import process
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import format_bytes
from rackhouse.supervisor import logs, record, table
from rackhouse.supervisor.board import Board
from rackhouse.supervisor.child import Child
from rackhouse.supervisor.clock import Clock, any_of_them, within
from rackhouse.supervisor.doors import Doors
from rackhouse.supervisor.ending import describe
from rackhouse.supervisor.litter import socket_files, sweep
from rackhouse.supervisor.probe import port_of
from rackhouse.supervisor.record import Record
from rackhouse.supervisor.tree import MARK, Tree, mark
from rackhouse.supervisor.unit import Kind, Phase, State, Unit

_log = logging.getLogger("rackhouse.supervisor")

# What a program may know of whoever started the supervisor: not, say, the keys in their shell.
_PASSED_ON = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")
# When memory runs out, the kernel shall take a unit rather than who keeps them all.
_OOM_SCORE = 100
_FINE = frozenset({Phase.READY, Phase.DONE})


@dataclass(frozen=True, slots=True)
class World:
    """What all runners share. `hurry` is set when the supervisor itself is to stop; `strays` are
    units that had living processes before any was started, `circles` those that wait for
    themselves, with the way round.
    """

    paths: Paths
    clock: Clock
    board: Board
    hurry: asyncio.Event
    strays: frozenset[str] = frozenset()
    circles: dict[str, str] = field(default_factory=dict)


class Runner:
    """One unit and its process, if it has one, behind `doors` that outlive it.

    `forgotten`: somebody removed its state file. `trouble`: why we have to stop the process.
    """

    def __init__(self, unit: Unit, world: World, doors: Doors) -> None:
        self.unit = unit
        self.doors = doors
        self.world = world
        self.child: Child | None = None
        self.forgotten = asyncio.Event()
        self.trouble = ""
        self._troubled = asyncio.Event()
        self._told = False
        self._litter: frozenset[Path] = frozenset()
        self._log_start = 0
        self._log = world.paths.logs / f"{unit.name}.log"
        self._record = record.path_of(world.paths.states, unit.name)
        self._tree = Tree(mark(world.paths.root, unit.name))

    @property
    def state(self) -> State:
        """What the board shows of this unit."""
        blank = State(name=self.unit.name, digest=self.unit.digest)
        return self.world.board.states.get(self.unit.name, blank)

    def show(self, phase: Phase, why: str = "", *, lasting: bool = False) -> None:
        """Put the phase, and why, on the board."""
        self.world.board.put(replace(self.state, phase=phase, why=why), lasting=lasting)

    @property
    def env(self) -> Mapping[str, str]:
        """The whole environment of the unit's processes."""
        ours = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        return ours | self.unit.env | {MARK: self._tree.mark}

    @property
    def folder(self) -> Path:
        """Where the unit's processes are started."""
        return self.world.paths.root / self.unit.folder  # an absolute one stays as it is

    async def turn(self) -> None:
        """Wait until everything that this unit comes after is ready."""
        board = self.world.board

        def ready() -> bool:
            late = [name for name in self.unit.after if board.phase(name) not in _FINE]
            if late and self.state.phase is Phase.WAITING:
                names = (f"{name} ({board.phase(name) or 'no such unit'})" for name in late)
                circle = self.world.circles.get(self.unit.name)
                why = f"it waits for itself: {circle}" if circle else ", ".join(names)
                self.show(Phase.WAITING, why if circle else f"waiting for {why}")
            return not late

        await board.until(ready)

    def start(self) -> Child:
        """Start it. HostError when that is not possible on this machine."""
        unit = self.unit
        argv = process.unprivileged(unit.command) if unit.unprivileged else unit.command
        fds = self.doors.open(unit.sockets.values(), port_of(unit.probe))
        self._log_start = logs.size(self._log)
        pid = process.spawn(
            argv,
            env=self.env,
            folder=self.folder,
            log=self._log,
            record=self._record,
            tag=record.tag(unit),
            note_end=unit.kind is not Kind.SERVICE,
            oom_score=_OOM_SCORE,
            sockets={name: fds[address] for name, address in unit.sockets.items()},
        )
        return self._watch(pid, table.look(pid), ours=True)

    def adopt(self, found: Record) -> None:
        """Take over a process that an earlier supervisor started, if it still lives."""
        if entry := found.alive:
            _log.info("%s: adopted, pid %d", self.unit.name, entry.pid)
            self.doors.reserve(self.unit.sockets.values())
            self._watch(entry.pid, entry, ours=False)

    def note_litter(self) -> None:
        """Note what is to be swept away when the process has ended. It is ready: all is there."""
        assert self.child is not None
        self._litter = socket_files(self.child.pid)

    async def wait(self, *others: asyncio.Future[None], at_most: float = math.inf) -> bool:
        """Until the process has ended, is in trouble, or one of `others` is done; else False."""
        assert self.child is not None
        trouble = asyncio.ensure_future(self._troubled.wait())
        try:
            any_of = any_of_them(self.child.ended, trouble, *others)
            return await within(self.world.clock, any_of, at_most)
        finally:
            trouble.cancel()

    async def end(self, why: str = "") -> str:
        """Stop the process if it still lives, and all that belongs to it; say how it ended.

        `why` is the reason for stopping it; without one, what the process itself gives.
        """
        assert self.child is not None
        child, grace = self.child, self.unit.grace
        if self.unit.kind is Kind.SERVICE and self.state.phase is Phase.READY:
            self.show(Phase.STOPPING, why or self.trouble)  # at once: others may rely on it
        self.doors.hold_back(port_of(self.unit.probe))
        if not child.ended.done():
            why = why or self.trouble
            if not self._told:
                child.signal(signal.Signals[self.unit.stop_signal])
                self._told = True
            if not await within(self.world.clock, any_of_them(child.ended), grace):
                _log.warning("%s: still there after %g s, killed", self.unit.name, grace)
        if left := await self._tree.kill():
            _log.error("%s: cannot be killed: %s", self.unit.name, left)
        sweep(self._litter)
        await asyncio.wait({child.ended}, timeout=5)  # the kernel is slower in saying so
        code = self._code(child)
        record.drop(self._record)
        self.child = None
        self._troubled.clear()
        self.world.board.put(replace(self.state, pid=0, exit_code=code, rss=0, cpu=0.0))
        return why or describe(code, logs.last_line(self._log, self._log_start))

    async def stop(self, drain: float = 0.0) -> None:
        """End it because it is no longer wanted, `drain` seconds from now."""
        if self.child is not None:
            self.show(Phase.STOPPING)
            if drain:
                await self._drain(self.child, drain)
            await self.end()
        if self.state.phase not in (Phase.DONE, Phase.FAILED):
            self.show(Phase.STOPPED)

    def used(self, entries: Mapping[int, table.Entry]) -> None:
        """Put on the board what the unit uses, where that has changed noticeably."""
        if self.child is None:
            return
        members = self._tree.members(entries)
        rss, cpu = sum(e.rss for e in members), sum(e.cpu for e in members)
        state, limit = self.state, self.unit.memory_max
        # Not every sample: state folders live on SD cards too.
        grown = abs(rss - state.rss) >= max(1_000_000, state.rss // 50)
        if not state.rss or grown or cpu - state.cpu >= 0.1:
            self.world.board.put(replace(state, rss=rss, cpu=round(cpu, 2)))
        if limit and rss > limit:
            self.trouble = f"over its memory limit: {format_bytes(rss)} of {format_bytes(limit)}"
            self._troubled.set()

    async def _drain(self, child: Child, seconds: float) -> None:
        hurry = asyncio.ensure_future(self.world.hurry.wait())
        await within(self.world.clock, any_of_them(child.ended, hurry), seconds)
        hurry.cancel()

    def _watch(self, pid: int, entry: table.Entry | None, *, ours: bool) -> Child:
        # `entry` is None when it has ended already; the zombie of our own child keeps the pid.
        born = entry.born if entry else 0
        group = self.unit.kind is not Kind.SERVICE
        self.child = Child(pid, born, ours=ours, group=group)
        self._told, self.trouble = False, ""
        self._tree.begin(pid, born)
        started = table.birthday(entry) if entry else self.world.clock.now()
        self.world.board.put(replace(self.state, pid=pid, started=started))
        return self.child

    def _code(self, child: Child) -> int | None:
        code = child.ended.result() if child.ended.done() else None
        if code is None and (noted := record.read(self._record)) and noted.pid == child.pid:
            code = noted.code
        return code
