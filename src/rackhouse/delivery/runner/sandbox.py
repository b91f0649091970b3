"""Runs one program apart from the machine, within limits, and leaves nothing of it behind."""

from __future__ import annotations

import asyncio
import os
from asyncio import FIRST_COMPLETED
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path

from rackhouse.delivery.runner.cgroup import cgroup
from rackhouse.delivery.runner.inside import FAILED
from rackhouse.delivery.runner.isolation import Isolation, isolation
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.plan import Level, Plan, Room, argv, sizes
from rackhouse.delivery.runner.private import Private, private
from rackhouse.delivery.runner.view import covers, holes, room
from rackhouse.delivery.runner.watch import begin, watch
from rackhouse.kit.errors import HostError, StepFailed
from rackhouse.kit.process import Finished, run
from rackhouse.kit.tail import Say
from rackhouse.kit.text import format_seconds
from rackhouse.supervisor.tree import MARK, Tree

_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 (covered with its own)


async def sandboxed(
    job: Sequence[str],
    *,
    folder: Path,
    env: Mapping[str, str],
    writable: Sequence[Path] = (),
    readable: Sequence[Path] = (),
    hide: Sequence[Path] = (),
    limits: Limits | None = None,
    say: Say | None = None,
    held: Isolation | None = None,
) -> Finished:
    """Run `job` in `folder`, which it may write to, as `writable` alone beside it.

    `env` is all that it gets, but for HOME and TMPDIR, which are its own and vanish with it. `hide`
    is empty in there, but for what of it is writable or `readable`. All that it started is dead
    when this returns or is cancelled, or we are killed. `held`: less than this machine could.
    Raises StepFailed when it passed a limit, HostError when the sandbox cannot be made.
    """
    held, limits = held or isolation(), limits or Limits()
    rooms = list(dict.fromkeys(path.resolve() for path in (folder, *writable)))
    with private(rooms[0]) as own, cgroup(held.cgroup, limits) as group:
        environment = _environment(env, own, held.level)
        covered, seen = _view(environment, hide, rooms, readable, own)
        plan = Plan(
            level=held.level.value,
            starter=os.getpid(),
            cgroup=str(group or ""),
            state=str(own.state),
            folder=str(rooms[0]),
            limits=sizes(limits),
            covers=covered,
            rooms=seen,
        )
        tree = Tree(environment[MARK])
        ends = run(argv(plan, job), env=environment, folder=folder, say=say)
        try:
            done = await _first(ends, watch(tree, own.state, [*rooms, own.root], limits), limits)
        finally:
            await asyncio.shield(_sweep(tree, own.state, held.level))
        _judge(done, own.state)
        return done


async def _first(
    ends: Coroutine[None, None, Finished], passes: Coroutine[None, None, str], limits: Limits
) -> Finished:
    """The end of the job, unless the clock or the watch comes first: then it is killed."""
    job, passed = asyncio.create_task(ends), asyncio.create_task(passes)
    try:
        await asyncio.wait({job, passed}, timeout=limits.seconds, return_when=FIRST_COMPLETED)
        if job.done():
            return job.result()
        why = f"it ran for more than {format_seconds(limits.seconds)}"
        why = passed.result() if passed.done() else why
        raise StepFailed(f"{why} and was stopped", fix="make it use less, or raise its limit")
    finally:
        for task in (job, passed):
            task.cancel()
        await asyncio.wait({job, passed})  # moments: `run` kills what it cancels


async def _sweep(tree: Tree, state: Path, level: Level) -> None:
    """Kill what has left the job's process group; with a namespace the kernel has done that."""
    if level is Level.NONE:
        if not tree.main:
            begin(tree, state)
        await tree.kill()


def _judge(done: Finished, state: Path) -> None:
    """Whether the sandbox failed rather than what ran in it."""
    trouble = state.read_text("utf-8").splitlines()[1:] if state.exists() else []
    if done.code == FAILED and trouble:
        raise HostError(
            f"the sandbox of a job cannot be made: {trouble[0]}",
            fix="see what this machine allows with: rackhouse doctor",
        )


def _environment(env: Mapping[str, str], own: Private, level: Level) -> dict[str, str]:
    tmp = "/tmp" if level is Level.FULL else str(own.tmp)  # noqa: S108 (its own)
    mine = {"HOME": str(own.home), "TMPDIR": tmp, MARK: f"{own.root}#job"}
    if os.geteuid() == 0:
        mine |= {"USER": "runner", "LOGNAME": "runner"}
    return {**env, **mine}


def _view(
    env: Mapping[str, str],
    hide: Sequence[Path],
    writable: Sequence[Path],
    readable: Sequence[Path],
    own: Private,
) -> tuple[list[str], list[Room]]:
    """What is covered, and the rooms: tools below what is covered, /tmp, its own folders."""
    home = Path.home().resolve()
    covered = covers(hide, home)
    rooms = [
        *holes(env, [*covered, *_TEMPORARY], home),
        *(room(path, path) for path in readable),
        *(room(own.tmp, at, writable=True) for at in _TEMPORARY),
        *(room(path, path, writable=True) for path in (*writable, own.home)),
    ]
    return [str(path) for path in covered], rooms
