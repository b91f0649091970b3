"""The life of a service: started, ready, ended, started again, until somebody cancels it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from rackhouse.kit.errors import HostError
from rackhouse.kit.text import format_seconds, plural
from rackhouse.supervisor.clock import within
from rackhouse.supervisor.ending import was_killed
from rackhouse.supervisor.probe import until_ready
from rackhouse.supervisor.restarts import Restarts
from rackhouse.supervisor.runner import Runner
from rackhouse.supervisor.unit import Phase

_log = logging.getLogger("rackhouse.supervisor")


async def live(runner: Runner) -> None:
    """Keep the unit's process running. Returns only by being cancelled."""
    restarts = Restarts()
    while True:
        why, ready_for = await _once(runner, looping=restarts.looping)
        killed = was_killed(runner.state.exit_code) and not runner.trouble
        delay = restarts.ended(ready_for, killed=killed)
        _end(runner, restarts, why)
        runner.forgotten.clear()
        if await within(runner.world.clock, runner.forgotten.wait(), delay):
            restarts = Restarts()
            runner.show(Phase.WAITING, "to be tried again")


async def _once(runner: Runner, *, looping: bool) -> tuple[str, float]:
    """From start to end: why it ended, and for how many seconds it was ready."""
    name, clock = runner.unit.name, runner.world.clock
    began = clock.steady()
    if runner.child is None:
        await runner.turn()
        try:
            child = runner.start()
        except HostError as error:
            return error.what, 0.0
        _log.info("%s: started, pid %d", name, child.pid)
        if not looping:  # one that is retried in a crash loop stays reported as broken
            runner.show(Phase.STARTING)
    elif runner.unit.sockets and runner.state.phase is not Phase.READY:
        # Adopted, and its doors are held back: only the supervisor that did so could let in.
        return await runner.end("the supervisor that started it has gone"), 0.0
    if runner.state.phase is not Phase.READY and (why := await _not_ready(runner)):
        return why, 0.0
    ready = clock.steady()
    _log.info("%s: ready after %s", name, format_seconds(ready - began))
    runner.note_litter()
    runner.doors.let_in()
    runner.show(Phase.READY)
    await runner.wait()
    return await runner.end(), clock.steady() - ready


async def _not_ready(runner: Runner) -> str:
    """Nothing when it became ready in time; else it is ended by now, and this is why."""
    unit, answer = runner.unit, "nothing"

    def say(refusal: str) -> None:
        nonlocal answer
        answer = refusal
        runner.show(runner.state.phase, refusal)

    probe = until_ready(unit.probe, runner.env, runner.folder, runner.world.clock, say)
    asking = asyncio.ensure_future(probe)
    try:
        in_time = await runner.wait(asking, at_most=unit.start_timeout)
    finally:
        asking.cancel()
    if asking.done() and not asking.cancelled():
        asking.result()  # a bug in the probe is not "ready"
        return ""
    if in_time:
        return await runner.end()
    return await runner.end(f"not ready within {format_seconds(unit.start_timeout)}: {answer}")


def _end(runner: Runner, restarts: Restarts, why: str) -> None:
    if restarts.looping:
        runner.doors.refuse()
        why = f"{why} ({plural(restarts.in_a_row, 'end')} in a row)"
    _log.warning("%s: %s", runner.unit.name, why)
    phase = Phase.CRASHED if restarts.looping else Phase.BACKOFF
    state = replace(runner.state, phase=phase, why=why, restarts=runner.state.restarts + 1)
    runner.world.board.put(state)
