"""What others ask of the supervisor: is it there, start, stop, look again, how is that unit.

Imports asyncio and logging only where it waits or starts: `rackhouse status` shall be quick.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from rackhouse.kit import process
from rackhouse.kit.errors import CrashLoop, HostError, Locked, NotReady, StepFailed, Unavailable
from rackhouse.kit.files import make_folder
from rackhouse.kit.paths import Paths
from rackhouse.kit.text import format_seconds
from rackhouse.supervisor import table
from rackhouse.supervisor.lock import holder
from rackhouse.supervisor.saved import load
from rackhouse.supervisor.unit import Phase, State

Say = Callable[[str], None]

_START = 20.0  # seconds for a supervisor to take its lock: a busy Pi imports slowly
_AWAY = 20.0  # seconds for which one that was killed may be away: the console starts another


def running(paths: Paths) -> int | None:
    """The pid of the supervisor of this state folder, or None when none runs."""
    entry = holder(paths.supervisor_lock)
    return entry.pid if entry else None


def start(paths: Paths) -> int:
    """Start the supervisor in the background, unless it runs; its pid once it holds the lock.

    HostError, with the last that it said, when it does not come up.
    """
    from rackhouse.supervisor import logs
    from rackhouse.supervisor.tree import MARK

    if pid := running(paths):
        return pid
    make_folder(paths.logs)
    root = paths.root.absolute()
    log = paths.logs / "supervisor.log"
    began = logs.size(log)
    child = process.spawn(
        [sys.executable, "-m", "rackhouse.supervisor", str(root)],
        env={key: value for key, value in os.environ.items() if key != MARK},
        folder=Path("/"),
        log=log,
    )
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        if pid := running(paths):
            if child not in (0, pid):  # somebody else was faster; ours must not outlive theirs
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            return pid
        if child and (ended := os.waitpid(child, os.WNOHANG))[0]:
            if os.waitstatus_to_exitcode(ended[1]) != Locked.exit_code:
                break
            child = 0
        time.sleep(0.005)
    raise HostError(
        f"the supervisor does not start: {logs.last_line(log, began) or 'it says nothing'}",
        where=str(log),
        fix="read that log, then run the command again",
    )


def stop(paths: Paths, timeout: float = 120.0) -> None:
    """Stop the supervisor and all its units; return when it has gone. NotReady: it has not."""
    entry = holder(paths.supervisor_lock)
    if entry is None:
        return
    table.send(entry, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while _lives(entry):
        if time.monotonic() > deadline:
            going = sorted(n for n, s in read_states(paths).items() if s.phase is Phase.STOPPING)
            raise NotReady(
                f"the supervisor did not stop within {format_seconds(timeout)}: "
                f"still stopping {', '.join(going) or 'itself'}",
                fix=f"see {paths.logs / 'supervisor.log'}",
            )
        time.sleep(0.01)


def poke(paths: Paths) -> None:
    """Have the supervisor look at the unit files now. Nothing where none runs."""
    if entry := holder(paths.supervisor_lock):
        table.send(entry, signal.SIGHUP)


def forget(paths: Paths, name: str) -> None:
    """Have a job that ended run again, or a service in a crash loop be tried now."""
    with contextlib.suppress(FileNotFoundError):
        (paths.states / f"{name}.json").unlink()
    poke(paths)


def read_states(paths: Paths) -> Mapping[str, State]:
    """The state of every unit, as last written."""
    states = (load(path) for path in sorted(paths.states.glob("[!.]*.json")))
    return {state.name: state for state in states if state}


def read_state(paths: Paths, name: str) -> State | None:
    """The state of one unit, or None when the supervisor does not know it."""
    return load(paths.states / f"{name}.json")


def survivors(paths: Paths) -> frozenset[str]:
    """The units whose process lives, by their own records: true also when no supervisor does."""
    from rackhouse.supervisor import record

    records = {
        name: record.read(record.path_of(paths.states, name)) for name in record.names(paths.states)
    }
    return frozenset(name for name, run in records.items() if run and run.alive)


async def wait_for(  # noqa: PLR0917 (read aloud, they are one sentence)
    paths: Paths,
    name: str,
    digest: str,
    phases: Collection[Phase],
    timeout: float,  # noqa: ASYNC109 (the error says for what it waited)
    say: Say | None = None,
) -> State:
    """The state of that unit, of that digest, once it is in one of `phases`.

    `say` gets a line each second. Raises CrashLoop or StepFailed when it is broken instead,
    NotReady when `timeout` seconds have passed, Unavailable when no supervisor runs and none comes.
    """
    import asyncio

    began = said = seen = time.monotonic()
    pause = 0.01
    while True:
        state = read_state(paths, name)
        if state and state.digest == digest:
            if state.phase in phases:
                return state
            _raise_if_broken(paths, state)
        now = time.monotonic()
        if now - began > timeout:
            raise _late(paths, name, state, timeout)
        if now - said >= 1:
            said = now
            if say:
                say(f"waiting for {name} ({format_seconds(now - began)}){_why(state)}")
            seen = _last_seen(paths, seen)
        await asyncio.sleep(pause)
        pause = min(pause * 1.3, 0.2)


async def wait_until_gone(paths: Paths, name: str, timeout: float) -> None:  # noqa: ASYNC109
    """Return when a unit whose file was removed has stopped. NotReady: it has not in time."""
    import asyncio

    seen = time.monotonic()
    deadline = seen + timeout
    while state := read_state(paths, name):
        if time.monotonic() > deadline:
            raise _late(paths, name, state, timeout)
        seen = _last_seen(paths, seen)
        await asyncio.sleep(0.02)


def _last_seen(paths: Paths, seen: float) -> float:
    """When a supervisor was last seen: now, or `seen`. Unavailable when that is too long ago."""
    now = time.monotonic()
    if running(paths) is not None:
        return now
    if now - seen > _AWAY:
        raise _gone()
    return seen


def _gone() -> Unavailable:
    return Unavailable("the supervisor is not running", fix="start it: rackhouse up")


def _raise_if_broken(paths: Paths, state: State) -> None:
    log = f"read its log: {paths.logs / state.name}.log"
    if state.phase is Phase.CRASHED:
        raise CrashLoop(f"{state.name} keeps ending: {state.why}", fix=log)
    if state.phase is Phase.FAILED:
        raise StepFailed(f"{state.name} failed: {state.why}", fix=log)


def _late(paths: Paths, name: str, state: State | None, timeout: float) -> NotReady | Unavailable:
    if running(paths) is None:
        return _gone()
    phase = state.phase if state else "not known to the supervisor"
    return NotReady(
        f"{name} is {phase} after {format_seconds(timeout)}{_why(state)}",
        fix=f"read its log: {paths.logs / name}.log",
    )


def _why(state: State | None) -> str:
    return f": {state.why}" if state and state.why else ""


def _lives(entry: table.Entry) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(entry.pid, os.WNOHANG)  # where we are its parent: no zombie
    now = table.look(entry.pid)
    return now is not None and now.born == entry.born
