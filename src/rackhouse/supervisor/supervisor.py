"""The whole: unit files in, slots that keep them, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Mapping
from dataclasses import replace

from rackhouse.kit.paths import Paths
from rackhouse.supervisor import logs, record, table, units
from rackhouse.supervisor.board import Board
from rackhouse.supervisor.clock import Clock
from rackhouse.supervisor.lock import Lock
from rackhouse.supervisor.runner import World
from rackhouse.supervisor.slot import Slot
from rackhouse.supervisor.tree import marked
from rackhouse.supervisor.unit import Phase, State, Unit

_log = logging.getLogger("rackhouse.supervisor")

_LOOK = 0.5  # seconds between two looks at the folder of units
_SAMPLE = 2.0  # seconds between two looks at what they use; longer where looking is costly
_SHARE = 0.002  # of a processor, at most, for that


class Supervisor:
    """Keeps the units of one state folder. Make it, and await `run` once."""

    def __init__(self, paths: Paths, clock: Clock, lock: Lock) -> None:
        self._paths = paths
        self._lock = lock
        self._poked = asyncio.Event()
        self._slots: dict[str, Slot] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._units: dict[str, Unit] = {}
        self._complaint = ""
        self._broken: Mapping[str, str] = {}
        self._dependents: Mapping[str, set[str]] = {}
        self._seen: units.Signature | None = None
        self._world = World(
            paths=paths,
            clock=clock,
            board=Board(paths.states, clock),
            hurry=asyncio.Event(),
            strays=frozenset(marked(paths.root, table.scan())),
        )

    async def run(self) -> None:
        """Keep the units until SIGTERM or SIGINT, then stop them all, dependents first."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._world.hurry.set)
        loop.add_signal_handler(signal.SIGHUP, self._poked.set)
        _log.info("supervising %s", self._paths.root)
        closing = asyncio.ensure_future(self._world.hurry.wait())
        work = [asyncio.ensure_future(self._look()), asyncio.ensure_future(self._sample())]
        done, _ = await asyncio.wait({closing, *work}, return_when=asyncio.FIRST_COMPLETED)
        for task in (closing, *work):
            task.cancel()
        for task in done - {closing}:
            task.result()  # a bug: end loudly, the units live on and are adopted
        _log.info("stopping")
        for slot in self._slots.values():
            slot.close()
        await asyncio.gather(*self._tasks.values())
        _log.info("stopped")

    async def _look(self) -> None:
        known = record.names(self._paths.states) | self._world.strays
        self._reconcile(known | {path.stem for path in self._paths.states.glob("[!.]*.json")})
        self._lock.announce()
        while self._lock.is_there:
            self._poked.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK):
                    await self._poked.wait()
            try:
                if units.signature(self._paths.units) != self._seen:
                    self._reconcile(set())
            except OSError as error:  # a folder that cannot be read is no reason to stop anything
                self._complain(str(error))
            self._forget()
        _log.warning("the state folder was removed")
        self._world.hurry.set()

    def _complain(self, words: str) -> None:
        if words != self._complaint:  # once, not twice a second
            self._complaint = words
            _log.error("%s", words)

    def _reconcile(self, left: set[str]) -> None:
        """Let every slot want what its file says; `left` are names that may need cleaning up."""
        self._seen = units.signature(self._paths.units)  # before reading: a later change is seen
        read = units.read(self._paths.units)
        broken = {name: why for name, why in read.items() if isinstance(why, str)}
        self._units = {name: unit for name, unit in read.items() if isinstance(unit, Unit)}
        # What is to go is no longer in the folder, and is still to go in order.
        known = {slot.name: slot.runner.unit for slot in self._slots.values() if slot.runner}
        self._dependents = units.dependents((known | self._units).values())
        self._world.circles.clear()
        self._world.circles.update(units.circles(self._units.values()))
        for name in left | self._units.keys() | self._slots.keys() | self._broken.keys():
            if name not in broken:
                self._let_in(name, self._broken.get(name))
                self._slot(name).want(self._units.get(name))
        for name, why in broken.items():
            self._keep_out(name, why)
        self._broken = broken
        self._world.board.wake()

    def _slot(self, name: str) -> Slot:
        if name not in self._slots:
            slot = self._slots[name] = Slot(name, self._world, self._may_stop)
            task = self._tasks[name] = asyncio.ensure_future(slot.run())
            task.add_done_callback(lambda _: self._vacate(name))
        return self._slots[name]

    def _vacate(self, name: str) -> None:
        slot, task = self._slots.pop(name), self._tasks.pop(name)
        if task.cancelled():
            return
        if bug := task.exception():
            _log.error("%s: a bug in the supervisor", name, exc_info=bug)
        elif slot.wanted is not None and not self._world.hurry.is_set():
            # It was wanted again in the very moment in which it went.
            self._slot(name).want(slot.wanted)

    def _keep_out(self, name: str, why: str) -> None:
        """A file that is no unit: what runs under its name runs on, and the state says why."""
        if self._broken.get(name) != why:
            _log.error("%s", why)
        state = self._world.board.states.get(name)
        if name in self._slots and state:
            self._world.board.put(replace(state, why=why))
        else:
            self._world.board.put(State(name=name, phase=Phase.FAILED, why=why))

    def _let_in(self, name: str, why: str | None) -> None:
        """The file that was no unit is one again, or gone: what was said of it is not true now."""
        state = self._world.board.states.get(name)
        if state and state.why == why:
            self._world.board.put(replace(state, why=""))

    def _forget(self) -> None:
        """Whose state file was removed shall be tried again at once."""
        for name, slot in self._slots.items():
            if slot.runner and not self._world.board.is_saved(name):
                slot.runner.forgotten.set()

    async def _may_stop(self, name: str) -> None:
        """Wait until every unit that comes after `name`, and is going too, has gone."""

        def nobody_needs_it() -> bool:
            later = self._dependents.get(name, set()) - self._world.circles.keys()
            return not any(self._slots[it].going for it in later & self._slots.keys())

        await self._world.board.until(nobody_needs_it)

    async def _sample(self) -> None:
        """What each unit uses, and logs that have grown too long."""
        while True:
            began = time.process_time()
            runners = [slot.runner for slot in self._slots.values() if slot.runner]
            entries = table.scan() if any(runner.child for runner in runners) else {}
            for runner in runners:
                runner.used(entries)
            for log in self._paths.logs.glob("*.log"):
                logs.rotate(log)
            cost = time.process_time() - began
            await asyncio.sleep(max(_SAMPLE, cost / _SHARE))
