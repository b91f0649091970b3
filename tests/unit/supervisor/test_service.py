"""A service is kept running: real processes, on a clock that only the test moves."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rackhouse.supervisor import record, table
from rackhouse.supervisor.clock import FakeClock
from rackhouse.supervisor.restarts import LOOP
from rackhouse.supervisor.runner import World
from rackhouse.supervisor.unit import Phase, State, Unit

from .conftest import Keep, Kept, Start, gone, until


def service(script: str, **more: Any) -> Unit:
    more = {"name": "a", "digest": "1", "probe": {"alive": 1.0}, "grace": 5.0, **more}
    return Unit(command=("sh", "-c", script), **more)


async def ready(kept: Kept, clock: FakeClock) -> State:
    await kept.phase(Phase.STARTING)
    await clock.advance(1.1)
    return await kept.phase(Phase.READY)


async def test_is_started_as_the_unit_says(
    keep: Keep, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of whoever started the supervisor")
    unit = service('pwd; env; echo "$WORD"; exec sleep 1000', env={"WORD": "a b"})
    kept = await keep(replace(unit, folder=str(tmp_path / "logs")))
    state = await ready(kept, clock)
    await kept.said("a b\n")
    assert kept.log.startswith(f"{tmp_path}/logs\n")
    assert "AWS" not in kept.log
    assert f"RACKHOUSE_UNIT={tmp_path}#a" in kept.log
    assert os.getsid(state.pid) == state.pid
    assert (state.digest, state.restarts, state.why) == ("1", 0, "")
    entry = table.look(state.pid)
    assert entry is not None
    assert state.started == table.birthday(entry)


async def test_is_started_again_when_it_is_killed(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("echo up; exec sleep 1000"))
    first = await ready(kept, clock)
    await kept.said("up")
    os.kill(first.pid, signal.SIGKILL)
    state = await kept.phase(Phase.BACKOFF)
    assert (state.why, state.exit_code, state.pid, state.restarts) == (
        "killed by SIGKILL: up",
        -signal.SIGKILL,
        0,
        1,
    )
    await clock.advance(0.3)
    again = await ready(kept, clock)
    assert again.pid != first.pid


async def test_a_crash_loop_is_called_one_and_tried_rarely(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("[ -e there ] && exec sleep 1000; echo no such table; exit 3"))
    for n in range(1, LOOP):
        await until(lambda n=n: kept.state.restarts == n)  # type: ignore[misc]
        assert kept.state.phase is Phase.BACKOFF
        assert kept.state.why == "ended with 3: no such table"
        await clock.advance(0.1 * 2**n)  # no more: the process is real, and may end meanwhile
    state = await kept.phase(Phase.CRASHED)
    assert state.why == "ended with 3: no such table (5 ends in a row)"
    (kept.world.paths.root / "there").touch()
    await clock.advance(29)
    assert kept.state == state
    await clock.advance(1.1)
    await until(lambda: kept.state.pid)
    assert kept.state.phase is Phase.CRASHED  # until it has proved otherwise
    await clock.advance(1.1)
    assert (await kept.phase(Phase.READY)).why == ""


async def test_ready_for_a_while_is_forgiven(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("exec sleep 1000"))
    for n in range(LOOP + 2):
        state = await ready(kept, clock)
        await clock.advance(11)
        os.kill(state.pid, signal.SIGKILL)
        await until(lambda n=n: kept.state.restarts == n + 1)  # type: ignore[misc]
        assert kept.state.phase is Phase.BACKOFF
        await clock.advance(0.2)


async def test_five_kills_in_a_row_of_one_that_was_ready_are_no_crash_loop(
    keep: Keep, clock: FakeClock
) -> None:
    kept = await keep(service("exec sleep 1000"))
    for n in range(1, LOOP + 2):
        os.kill((await ready(kept, clock)).pid, signal.SIGKILL)
        await until(lambda n=n: kept.state.restarts == n)  # type: ignore[misc]
        assert kept.state.phase is Phase.BACKOFF
        await clock.advance(0.1 * 2**n)


async def test_one_that_is_forgotten_is_tried_at_once(
    keep: Keep, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await keep(service("[ -e there ] || exit 1; exec sleep 1000"))
    for n in range(1, LOOP + 1):
        await until(lambda n=n: kept.state.restarts == n)  # type: ignore[misc]
        if n < LOOP:
            await clock.advance(0.1 * 2**n)
    assert kept.state.phase is Phase.CRASHED
    (kept.world.paths.root / "there").touch()
    shown: list[Phase] = []
    put = kept.world.board.put

    def watched(state: State, **more: bool) -> None:
        shown.append(state.phase)
        put(state, **more)

    monkeypatch.setattr(kept.world.board, "put", watched)
    assert kept.slot.runner
    kept.slot.runner.forgotten.set()
    await ready(kept, clock)
    assert Phase.CRASHED not in shown  # or whoever asked for the new try would give up at once


async def test_one_that_was_forgotten_while_it_ran_waits_like_any_other(
    keep: Keep, clock: FakeClock
) -> None:
    kept = await keep(service("exec sleep 1000"))
    state = await ready(kept, clock)
    assert kept.slot.runner
    kept.slot.runner.forgotten.set()
    os.kill(state.pid, signal.SIGKILL)
    await kept.phase(Phase.BACKOFF)
    await clock.advance(0.05)
    assert kept.state.phase is Phase.BACKOFF


async def test_one_that_is_never_ready_is_killed_and_says_what_was_answered(
    keep: Keep, clock: FakeClock
) -> None:
    probe = {"command": ["sh", "-c", "echo still loading; exit 1"]}
    kept = await keep(service("exec sleep 1000", probe=probe, start_timeout=7.0))
    pid = (await kept.phase(Phase.STARTING)).pid
    await until(lambda: kept.state.why == "the probe sh ends with 1: still loading")
    await clock.advance(7.1)  # and less than the pause before the next start
    state = await kept.phase(Phase.BACKOFF)
    assert state.why == "not ready within 7.0 s: the probe sh ends with 1: still loading"
    assert gone(pid)


async def test_one_that_cannot_be_started_says_why(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(Unit(name="a", command=("no-such-tool",), digest="1"))
    state = await kept.phase(Phase.BACKOFF)
    assert state.why == "no-such-tool is not on this machine"


async def test_waits_for_what_it_comes_after(keep: Keep, clock: FakeClock, world: World) -> None:
    kept = await keep(service("exec sleep 1000", after=("db", "job")))
    await until(lambda: kept.state.why)
    assert kept.state.why == "waiting for db (no such unit), job (no such unit)"
    world.board.put(State(name="db", phase=Phase.READY))
    world.board.put(State(name="job", phase=Phase.STARTING))
    await until(lambda: kept.state.why == "waiting for job (starting)")
    assert kept.state.pid == 0
    world.board.put(State(name="job", phase=Phase.DONE))
    assert (await ready(kept, clock)).why == ""


async def test_ends_in_its_own_way(keep: Keep, clock: FakeClock) -> None:
    script = "trap 'echo bye; exit' INT; echo up; while :; do sleep 0.01; done"
    kept = await keep(service(script, stop_signal="SIGINT"))
    await ready(kept, clock)
    await kept.said("up")
    await kept.stop()
    assert kept.log == "up\nbye\n"
    assert "a" not in kept.world.board.states
    assert list(kept.world.paths.states.iterdir()) == []


async def test_one_that_ignores_its_signal_is_killed(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("trap '' TERM; echo up; while :; do sleep 0.01; done"))
    pid = (await ready(kept, clock)).pid
    await kept.said("up")
    kept.slot.want(None)
    await kept.phase(Phase.STOPPING)
    await clock.advance(4.9)
    assert table.look(pid)
    await clock.advance(0.2)
    assert gone(pid)
    await kept.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_sockets_that_it_leaves_in_other_folders_are_swept_away(
    keep: Keep, clock: FakeClock, tmp_path: Path, number: signal.Signals
) -> None:
    mine, other = tmp_path / "mine.sock", tmp_path / "other.sock"
    listen = (
        "import socket, time; one = socket.socket(socket.AF_UNIX); "
        f"one.bind('{mine}'); one.listen(); print('up', flush=True); time.sleep(1000)"
    )
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(other))
        unit = Unit(
            name="a", command=(sys.executable, "-c", listen), digest="1", probe={"alive": 1.0}
        )
        kept = await keep(unit)
        await kept.phase(Phase.STARTING)
        await kept.said("up")
        os.kill((await ready(kept, clock)).pid, number)
        await kept.phase(Phase.BACKOFF)
        assert not mine.exists()
        assert other.exists()


async def test_drains_before_it_goes(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("exec sleep 1000", drain=3.0))
    pid = (await ready(kept, clock)).pid
    kept.slot.want(None)
    await kept.phase(Phase.STOPPING)
    await clock.advance(2.9)
    assert table.look(pid)
    await clock.advance(0.2)
    assert gone(pid)
    await kept.stop()


async def test_does_not_drain_when_everything_stops(
    keep: Keep, clock: FakeClock, world: World
) -> None:
    kept = await keep(service("exec sleep 1000", drain=3.0))
    pid = (await ready(kept, clock)).pid
    kept.slot.want(None)
    await kept.phase(Phase.STOPPING)
    world.hurry.set()
    await until(lambda: table.look(pid) is None)


async def test_over_its_memory_limit_it_is_started_again(keep: Keep, clock: FakeClock) -> None:
    hold = "b = bytearray(80_000_000); print('up', flush=True); import time; time.sleep(1000)"
    unit = Unit(
        name="a", command=(sys.executable, "-c", hold), digest="1",
        probe={"alive": 1.0}, memory_max=50_000_000,
    )  # fmt: skip
    kept = await keep(unit)
    await ready(kept, clock)
    await kept.said("up")
    assert kept.slot.runner
    kept.slot.runner.used(table.scan())
    state = await kept.phase(Phase.BACKOFF)
    assert state.why.startswith("over its memory limit: ")
    assert state.why.endswith(" of 50 MB")
    await clock.advance(0.3)
    await ready(kept, clock)


async def test_while_it_is_stopped_it_is_not_ready_and_is_told_once(
    keep: Keep, clock: FakeClock
) -> None:
    script = "trap 'echo told' TERM; echo up; while :; do sleep 0.01; done"
    kept = await keep(service(script, memory_max=1))
    pid = (await ready(kept, clock)).pid
    await kept.said("up")
    assert kept.slot.runner
    kept.slot.runner.used(table.scan())
    state = await kept.phase(Phase.STOPPING)
    assert state.why.startswith("over its memory limit")
    await kept.said("told")
    kept.slot.want(None)  # in the middle of it
    await asyncio.sleep(0.1)
    await clock.advance(4.9)
    assert table.look(pid)
    await clock.advance(5.1)
    assert gone(pid)
    await kept.stop()
    assert kept.log.count("told") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels have no such score")
async def test_when_memory_runs_out_it_goes_before_the_supervisor(
    keep: Keep, clock: FakeClock
) -> None:
    kept = await keep(service("exec cat /proc/self/oom_score_adj"))
    await kept.said("100\n")


async def test_shows_what_the_whole_tree_uses(keep: Keep, clock: FakeClock) -> None:
    hold = f"{sys.executable} -c 'b = bytearray(40_000_000); print(1); input()'"
    kept = await keep(service(f"sleep 1000 | {hold} & echo up; wait"))
    await ready(kept, clock)
    runner = kept.slot.runner
    assert runner

    def seen() -> bool:
        runner.used(table.scan())
        return kept.state.rss > 40_000_000 and kept.state.cpu > 0

    await until(seen)


async def test_another_digest_is_a_restart_the_same_is_none(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("exec sleep 1000"))
    first = await ready(kept, clock)
    kept.slot.want(service("exec sleep 1001", grace=1.0))
    await clock.advance(1)
    assert kept.state == first
    kept.slot.want(service("exec sleep 1001", digest="2"))
    assert kept.state.phase is Phase.STOPPING  # at once
    second = await ready(kept, clock)
    assert (second.digest, second.restarts) == ("2", 0)
    assert gone(first.pid)


async def test_the_last_that_is_wanted_counts(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(service("exec sleep 1000"))
    await ready(kept, clock)
    for digest in ("2", "3"):
        kept.slot.want(service("exec sleep 1000", digest=digest))
    kept.slot.want(None)
    kept.slot.want(service("exec sleep 1000", digest="4"))
    await until(lambda: kept.state.digest == "4")
    await ready(kept, clock)


async def test_a_bug_in_one_life_does_not_end_the_others(
    keep: Keep, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError("one of ours")

    monkeypatch.setattr("rackhouse.supervisor.runner.Runner.start", broken)
    kept = await keep(service("exec sleep 1000"))
    state = await kept.phase(Phase.FAILED)
    assert "a bug in the supervisor" in state.why
    assert "one of ours" in caplog.text
    await kept.stop()


async def test_the_ghost_of_an_earlier_run_is_waited_for(
    keep: Keep, clock: FakeClock, world: World, start: Start
) -> None:
    ghost = start("true")
    await until(lambda: table.is_zombie(ghost.pid))
    unit = service("exec sleep 1000")
    stat = Path(f"/proc/{ghost.pid}/stat").read_text()
    path = record.path_of(world.paths.states, "a")
    path.write_text(f"{ghost.pid}\n{record.tag(unit)}\n{stat}")
    keeping = asyncio.create_task(keep(unit))
    await clock.advance(3)
    assert world.board.states["a"].phase is Phase.WAITING
    assert world.board.states["a"].pid == 0
    ghost.wait()
    await clock.advance(0.1)
    await ready(await keeping, clock)
