"""The life of a job: run to its end once. Done is done, also for the next supervisor."""

from __future__ import annotations

import logging
from dataclasses import replace

from rackhouse.kit.errors import HostError
from rackhouse.kit.text import format_seconds
from rackhouse.supervisor.runner import Runner
from rackhouse.supervisor.unit import Phase

_log = logging.getLogger("rackhouse.supervisor")


async def live(runner: Runner) -> None:
    """Run the job, unless it has been run; again when its state file is removed."""
    while True:
        if runner.state.phase not in (Phase.DONE, Phase.FAILED):
            if runner.child is None:
                await runner.turn()
            why = await run(runner)
            runner.show(Phase.FAILED if why else Phase.DONE, why, lasting=True)
        runner.forgotten.clear()
        await runner.forgotten.wait()
        runner.world.board.put(replace(runner.state, phase=Phase.WAITING, why="to run again"))


async def run(runner: Runner, phase: Phase = Phase.STARTING) -> str:
    """Run the unit's program to its end, or go on watching it; nothing, or why it failed."""
    unit = runner.unit
    if runner.child is None:
        try:
            child = runner.start()
        except HostError as error:
            return error.what
        _log.info("%s: started, pid %d", unit.name, child.pid)
        runner.show(phase, "running")
    in_time = await runner.wait(at_most=unit.timeout)
    if in_time:
        why = await runner.end()
    else:
        why = await runner.end(f"did not end within {format_seconds(unit.timeout)}")
    failed = not in_time or bool(runner.trouble) or runner.state.exit_code != 0
    _log.log(logging.WARNING if failed else logging.INFO, "%s: %s", unit.name, why)
    return why if failed else ""
