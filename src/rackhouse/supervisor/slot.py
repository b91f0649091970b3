"""One name: whatever unit it should have now, and none of those that it had before.

Level-triggered: `want` may be called at any time and as often as it likes; the last one counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace

from rackhouse.supervisor import job, record, service, table, timer
from rackhouse.supervisor.doors import Doors
from rackhouse.supervisor.record import Record
from rackhouse.supervisor.runner import Runner, World
from rackhouse.supervisor.tree import Tree, mark
from rackhouse.supervisor.unit import Kind, Phase, State, Unit

_log = logging.getLogger("rackhouse.supervisor")

_LIVES: Mapping[Kind, Callable[[Runner], Awaitable[None]]] = {
    Kind.SERVICE: service.live,
    Kind.JOB: job.live,
    Kind.TIMER: timer.live,
}
_GHOST = 5.0  # seconds that init may take to reap what a killed supervisor left
_SETTLED = frozenset({Phase.DONE, Phase.FAILED})


class Slot:
    """`may_stop` waits until those that come after this unit, and are going too, have gone."""

    def __init__(self, name: str, world: World, may_stop: Callable[[str], Awaitable[None]]) -> None:
        self.name = name
        self.runner: Runner | None = None
        self._world = world
        self._may_stop = may_stop
        self._doors = Doors()
        self._wanted: Unit | None = None
        self._changed = asyncio.Event()

    @property
    def wanted(self) -> Unit | None:
        """The unit that it should have."""
        return self._wanted

    @property
    def going(self) -> bool:
        """Whether a process of it still lives and is to go."""
        alive = self.runner is not None and self.runner.child is not None
        return alive and (self._wanted is None or self._world.hurry.is_set())

    def want(self, unit: Unit | None) -> None:
        """Have this unit from now on, or none. The same digest: no restart."""
        self._wanted = unit
        runner = self.runner
        if runner is None:
            if unit is not None:  # at once: what an earlier supervisor wrote is no longer true
                self._show_known(unit)
        elif unit is not None and unit.digest == runner.unit.digest:
            runner.unit = unit  # its grace, say, or its stamp
        else:
            # At once, so that whoever comes after it does not start beside the old one.
            runner.show(Phase.STOPPING)
            self._changed.set()

    @property
    def _addresses(self) -> Collection[str]:
        """Where it is to be found from now on."""
        if self._wanted is None or self._world.hurry.is_set():
            return ()
        return self._wanted.sockets.values()

    def close(self) -> None:
        """The supervisor is to end: stop, and keep what is known."""
        self._changed.set()

    async def run(self) -> None:
        """Until no unit is wanted, or the supervisor ends."""
        await self._clean_up()
        while (unit := self._wanted) is not None and not self._world.hurry.is_set():
            self._changed.clear()
            runner = self.runner = self._resume(unit)
            life = asyncio.ensure_future(self._live(runner))
            await self._changed.wait()
            life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await life
            await self._stop(runner)
            self.runner = None
        if self._wanted is None:
            self._world.board.drop(self.name)

    async def _clean_up(self) -> None:
        """End what an earlier supervisor left running and this one does not want."""
        path = record.path_of(self._world.paths.states, self.name)
        found = record.read(path)
        if found and found.alive:
            if self._wanted is None or self._wanted.digest != found.digest:
                runner = self.runner = Runner(found.unit(self.name), self._world, self._doors)
                self._doors.reserve(self._addresses)
                runner.adopt(found)
                await self._stop(runner)
                self.runner = None
            return
        if self.name in self._world.strays:
            _log.warning("%s: killing processes without a main one", self.name)
            await Tree(mark(self._world.paths.root, self.name)).kill()
        record.drop(path)
        if found and self._world.board.phase(self.name) is Phase.WAITING:
            await self._until_reaped(found.pid)

    async def _until_reaped(self, pid: int) -> None:
        """A ghost that init has not yet laid to rest still looks alive to whoever asks by its pid:
        PostgreSQL would refuse to start beside it.
        """
        clock, hurry = self._world.clock, self._world.hurry
        deadline = clock.steady() + _GHOST
        while table.is_zombie(pid) and clock.steady() < deadline and not hurry.is_set():
            await clock.sleep(0.02)

    def _resume(self, unit: Unit) -> Runner:
        """A runner that knows what was known of this very unit, and has its process if it lives."""
        runner = Runner(unit, self._world, self._doors)
        found = self._show_known(unit)
        if found and found.digest == unit.digest:
            runner.adopt(found)
        return runner

    def _show_known(self, unit: Unit) -> Record | None:
        run = record.read(record.path_of(self._world.paths.states, self.name))
        saved = self._world.board.saved(self.name)
        state = _known(unit, saved, run if run and run.digest == unit.digest else None)
        self._world.board.put(state, lasting=state.phase in _SETTLED and state != saved)
        return run

    async def _live(self, runner: Runner) -> None:
        try:
            await _LIVES[runner.unit.kind](runner)
        except Exception:  # noqa: BLE001 (one unit's bug must not end the others)
            _log.exception("%s: a bug in the supervisor", self.name)
            runner.show(Phase.FAILED, "a bug in the supervisor: see logs/supervisor.log")

    async def _stop(self, runner: Runner) -> None:
        await self._may_stop(self.name)
        self._doors.keep(self._addresses)  # what is to come takes over those that it has too
        await runner.stop(runner.unit.drain if self._wanted is None else 0.0)


def _known(unit: Unit, saved: State | None, run: Record | None) -> State:
    """The state to begin with: what is still true of what was saved. `run`: of this very unit."""
    state = State(name=unit.name, digest=unit.digest)
    if saved and saved.digest == unit.digest:
        state = saved
        if unit.kind is not Kind.SERVICE and saved.phase in _SETTLED:
            return saved
    elif saved:
        state = replace(state, last_run=saved.last_run)
    if run and run.alive:
        ready = state.phase is Phase.READY and state.pid == run.pid
        return state if ready else replace(state, phase=Phase.STARTING, since=0.0)
    state = replace(state, phase=Phase.WAITING, since=0.0, why="", pid=0, rss=0, cpu=0.0)
    if run and unit.kind is Kind.JOB and run.code is not None:  # it ended, and nobody was there
        why = f"ended with {run.code}" if run.code else ""
        state = replace(state, phase=Phase.FAILED if why else Phase.DONE, why=why)
        return replace(state, exit_code=run.code)
    return state
