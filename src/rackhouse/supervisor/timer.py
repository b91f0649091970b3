"""The life of a timer: a job that runs on a schedule, never twice at once."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.supervisor import job
from rackhouse.supervisor.alarm import Alarm
from rackhouse.supervisor.runner import Runner
from rackhouse.supervisor.schedule import Schedule
from rackhouse.supervisor.unit import Phase

_NAP = 30.0  # seconds at most between two looks at a clock that may jump


async def live(runner: Runner) -> None:
    """Run the program whenever it is due. Returns only by being cancelled."""
    clock, state = runner.world.clock, runner.state
    alarm = Alarm(
        Schedule(runner.unit.schedule, runner.unit.timezone),
        now=clock.now(),
        steady=clock.steady(),
        last_run=state.last_run,
        next_run=state.next_run,
    )
    if runner.child is not None:  # a run that began under an earlier supervisor
        await _run(runner, alarm)
    while True:
        left = alarm.look(clock.now(), clock.steady())
        _show(runner, alarm, runner.state.why if runner.state.phase is Phase.FAILED else "")
        if left > 0:
            await clock.sleep(min(left, _NAP))
        else:
            await runner.turn()
            alarm.began(clock.now(), clock.steady())
            # On disk before it begins: a kill in between must not let it run twice.
            _show(runner, alarm, "")
            await _run(runner, alarm)


async def _run(runner: Runner, alarm: Alarm) -> None:
    why = await job.run(runner, Phase.READY)
    alarm.ended(runner.world.clock.now(), runner.world.clock.steady())
    _show(runner, alarm, why)


def _show(runner: Runner, alarm: Alarm, why: str) -> None:
    phase = Phase.FAILED if why else Phase.READY
    times = replace(runner.state, last_run=alarm.last_run, next_run=alarm.next_run)
    runner.world.board.put(replace(times, phase=phase, why=why), lasting=True)
