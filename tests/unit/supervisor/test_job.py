"""A job runs to its end, once; also for the next supervisor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rackhouse.supervisor import record, table
from rackhouse.supervisor.clock import FakeClock
from rackhouse.supervisor.runner import World
from rackhouse.supervisor.unit import Kind, Phase, State, Unit

from .conftest import Keep, gone, save, until


def job(script: str, **more: Any) -> Unit:
    more = {"name": "j", "digest": "1", **more}
    return Unit(kind=Kind.JOB, command=("sh", "-c", script), **more)


async def test_runs_once_and_is_done(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(job("echo ran"))
    state = await kept.phase(Phase.DONE)
    assert (state.exit_code, state.why, state.pid, state.restarts) == (0, "", 0, 0)
    await clock.advance(1000)
    assert kept.log == "ran\n"


async def test_that_it_is_done_survives_a_power_cut(
    keep: Keep, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: synced.append(str(Path(f"/dev/fd/{fd}").resolve())))
    await (await keep(job("echo ran"))).phase(Phase.DONE)
    assert len(synced) == 2  # the file, and the folder that names it; for its end alone
    assert synced[1] == str(world.paths.states)


async def test_one_that_fails_says_why_and_is_not_tried_again(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(job("echo ran; echo no space left >&2; exit 3"))
    state = await kept.phase(Phase.FAILED)
    assert (state.exit_code, state.why) == (3, "ended with 3: no space left")
    await clock.advance(1000)
    assert kept.log.count("ran") == 1


async def test_one_that_takes_too_long_is_ended(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(job("trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done", timeout=30))
    await kept.said("up")
    await clock.advance(31)
    state = await kept.phase(Phase.FAILED)
    assert state.why == "did not end within 30 s"


async def test_one_that_cannot_be_started(keep: Keep) -> None:
    kept = await keep(Unit(name="j", kind=Kind.JOB, command=("no-such-tool",), digest="1"))
    assert (await kept.phase(Phase.FAILED)).why == "no-such-tool is not on this machine"


async def test_runs_again_when_it_is_forgotten_or_changed(keep: Keep) -> None:
    kept = await keep(job("echo ran >> count; exit $(($(wc -l < count) % 2))"))
    await kept.phase(Phase.FAILED)
    assert kept.slot.runner
    kept.slot.runner.forgotten.set()
    await kept.phase(Phase.DONE)
    kept.slot.want(job("echo ran >> count", digest="2"))
    await until(lambda: (kept.state.digest, kept.state.phase) == ("2", Phase.DONE))
    assert (kept.world.paths.root / "count").read_text() == "ran\n" * 3


async def test_waits_its_turn(keep: Keep, world: World) -> None:
    kept = await keep(job("echo ran", after=("db",)))
    await until(lambda: kept.state.why)
    assert kept.state.phase is Phase.WAITING
    world.board.put(State(name="db", phase=Phase.READY))
    await kept.phase(Phase.DONE)


async def test_what_is_done_is_done_for_the_next_supervisor_too(keep: Keep, world: World) -> None:
    save(world, State(name="j", digest="1", phase=Phase.DONE, since=7.0))
    save(world, State(name="k", digest="1", phase=Phase.FAILED, why="it broke", since=7.0))
    done, failed = await keep(job("echo ran")), await keep(job("echo ran", name="k"))
    assert (done.state.phase, done.state.since) == (Phase.DONE, 7.0)
    assert (failed.state.phase, failed.state.why) == (Phase.FAILED, "it broke")
    assert not list(world.paths.logs.iterdir())


async def test_one_that_ended_while_no_supervisor_lived(keep: Keep, world: World) -> None:
    for name, code in (("good", 0), ("bad", 3)):
        tag = record.tag(job("", name=name))
        path = record.path_of(world.paths.states, name)
        path.write_text(f"4194305\n{tag}\n\n{code}\n")
    good, bad = await keep(job("echo ran", name="good")), await keep(job("echo ran", name="bad"))
    assert good.state.phase is Phase.DONE
    assert (bad.state.phase, bad.state.why) == (Phase.FAILED, "ended with 3")
    assert not list(world.paths.logs.iterdir())


async def test_one_that_was_cut_runs_again(keep: Keep, world: World) -> None:
    tag = record.tag(job(""))
    record.path_of(world.paths.states, "j").write_text(f"4194305\n{tag}\n\n")
    save(world, State(name="j", digest="1", phase=Phase.STARTING, pid=4194305))
    kept = await keep(job("echo ran"))
    await kept.phase(Phase.DONE)
    assert kept.log == "ran\n"
    assert record.names(world.paths.states) == set()


async def test_leaves_nothing_behind(keep: Keep) -> None:
    kept = await keep(job("setsid sleep 1000 & echo $!"))
    await kept.phase(Phase.DONE)
    assert gone(int(kept.log))


async def test_over_its_memory_limit_it_has_failed_however_it_ends(keep: Keep) -> None:
    kept = await keep(
        job("trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done", memory_max=1)
    )
    await kept.said("up")
    assert kept.slot.runner
    kept.slot.runner.used(table.scan())
    assert "over its memory limit" in (await kept.phase(Phase.FAILED)).why
