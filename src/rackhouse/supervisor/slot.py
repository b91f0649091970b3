"""One name: whatever unit it should have now, and none of those that it had before.

Level-triggered: `want` may be called at any time and as often as it likes; the last one counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from rackhouse.supervisor import job, record, service, table, timer
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
            return
        if unit is not None and unit.digest == runner.unit.digest:
            runner.unit = unit  # its grace, say, or its stamp
        else:
            # At once, so that whoever comes after it does not start beside the old one.
            runner.show(Phase.STOPPING)
            self._changed.set()

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
        states, root = self._world.paths.states, self._world.paths.root
        found = record.read(record.path_of(states, self.name))
        if found and found.alive:
            if self._wanted is None or self._wanted.digest != found.digest:
                runner = self.runner = Runner(found.unit(self.name), self._world)
                runner.adopt(found)
                await self._stop(runner)
                self.runner = None
        elif self.name in self._world.strays:
            _log.warning("%s: killing processes without a main one", self.name)
            await Tree(mark(root, self.name)).kill()
        if found:
            await self._until_reaped(found.pid)
        if self._wanted is None:
            record.drop(record.path_of(states, self.name))

    async def _until_reaped(self, pid: int) -> None:
        """A ghost that init has not yet laid to rest still looks alive to whoever asks by its pid:
        PostgreSQL would refuse to start beside it.
        """
        clock = self._world.clock
        deadline = clock.steady() + _GHOST
        while table.is_zombie(pid) and clock.steady() < deadline:
            await clock.sleep(0.02)

    def _resume(self, unit: Unit) -> Runner:
        """A runner that knows what was known of this very unit, and has its process if it lives."""
        runner, board = Runner(unit, self._world), self._world.board
        path = record.path_of(self._world.paths.states, self.name)
        found = record.read(path)
        ours = found if found and found.digest == unit.digest else None
        board.put(_known(unit, board.saved(self.name), ours))
        if ours:
            runner.adopt(ours)
            if runner.child is None and unit.kind is Kind.JOB and ours.code is not None:
                why = f"ended with {ours.code}" if ours.code else ""
                runner.show(Phase.FAILED if why else Phase.DONE, why, lasting=True)
        if runner.child is None:
            record.drop(path)
        return runner

    async def _live(self, runner: Runner) -> None:
        try:
            await _LIVES[runner.unit.kind](runner)
        except Exception:  # noqa: BLE001 (one unit's bug must not end the others)
            _log.exception("%s: a bug in the supervisor", self.name)
            runner.show(Phase.FAILED, "a bug in the supervisor: see logs/supervisor.log")

    async def _stop(self, runner: Runner) -> None:
        await self._may_stop(self.name)
        leaving = self._wanted is None and not self._world.hurry.is_set()
        await runner.stop(runner.unit.drain if leaving else 0.0)


def _known(unit: Unit, saved: State | None, run: Record | None) -> State:
    """The state to begin with: what is still true of what was saved."""
    state = State(name=unit.name, digest=unit.digest)
    if saved is None or saved.digest != unit.digest:
        return replace(state, last_run=saved.last_run if saved else 0.0)
    if unit.kind is not Kind.SERVICE and saved.phase in _SETTLED:
        return saved
    if run and run.alive:
        ready = saved.phase is Phase.READY and saved.pid == run.pid
        return saved if ready else replace(saved, phase=Phase.STARTING, since=0.0)
    return replace(saved, phase=Phase.WAITING, since=0.0, why="", pid=0, rss=0, cpu=0.0)
