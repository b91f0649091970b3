"""The life of a timer: a job that runs on a schedule, never twice at once."""

from __future__ import annotations

import logging
from dataclasses import replace

from rackhouse.supervisor import job
from rackhouse.supervisor.runner import Runner
from rackhouse.supervisor.schedule import Schedule, rearm
from rackhouse.supervisor.unit import Phase

_log = logging.getLogger("rackhouse.supervisor")

_NAP = 30.0  # seconds at most between two looks at a clock that may jump


async def live(runner: Runner) -> None:
    """Run the program whenever it is due. Returns only by being cancelled.

    A run that was missed, once or often, is made up for once; instants that pass during a run are
    not.
    """
    if runner.child is not None:  # a run that began under an earlier supervisor
        await _finish(runner)
    watch = _Watch(runner)
    while True:
        watch.look()
        left = runner.state.next_run - runner.world.clock.now()
        if left > 0:
            await runner.world.clock.sleep(min(left, _NAP))
        else:
            await _run(runner)


class _Watch:
    """Keeps `next_run` true while the clock on the wall may be set back."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._clock = runner.world.clock
        self._schedule = Schedule(runner.unit.schedule, runner.unit.timezone)
        now, state = self._clock.now(), runner.state
        self._latest = now
        self._ran, self._ran_steady = state.last_run, self._clock.steady()
        # How long ago the last run really was nobody knows: no time at all. A next run in the far
        # future may be the work of a clock that was wrong.
        coming = rearm(self._schedule, now=now, last_run=state.last_run, elapsed=0.0)
        self._arm(min(state.next_run or coming, coming))

    def look(self) -> None:
        """Arm anew when the clock shows an earlier time than it did."""
        now, state = self._clock.now(), self._runner.state
        if state.last_run != self._ran:
            self._ran, self._ran_steady = state.last_run, self._clock.steady()
        if now < self._latest:
            _log.warning("%s: the clock was set back", self._runner.unit.name)
            elapsed = self._clock.steady() - self._ran_steady
            self._arm(rearm(self._schedule, now=now, last_run=state.last_run, elapsed=elapsed))
        self._latest = now

    def _arm(self, next_run: float) -> None:
        state = self._runner.state
        phase = Phase.FAILED if state.phase is Phase.FAILED else Phase.READY
        self._runner.world.board.put(replace(state, phase=phase, next_run=next_run), lasting=True)


async def _run(runner: Runner) -> None:
    await runner.turn()
    now = runner.world.clock.now()
    # On disk before it begins: a kill in between must not let it run twice.
    state = replace(runner.state, last_run=now, next_run=_next(runner))
    runner.world.board.put(state, lasting=True)
    await _finish(runner)


async def _finish(runner: Runner) -> None:
    why = await job.run(runner, Phase.READY)
    runner.world.board.put(replace(runner.state, next_run=_next(runner)))
    runner.show(Phase.FAILED if why else Phase.READY, why, lasting=True)


def _next(runner: Runner) -> float:
    schedule = Schedule(runner.unit.schedule, runner.unit.timezone)
    return schedule.after(runner.world.clock.now())
