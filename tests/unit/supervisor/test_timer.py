"""A timer runs on its schedule, never twice at once: real processes, a clock the test moves."""

from __future__ import annotations

from typing import Any

from rackhouse.supervisor.clock import FakeClock
from rackhouse.supervisor.runner import World
from rackhouse.supervisor.unit import Kind, Phase, State, Unit

from .conftest import Keep, Kept, save, until

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def timer(script: str = "echo ran", **more: Any) -> Unit:
    more = {"name": "t", "digest": "1", "schedule": "0 * * * *", **more}
    return Unit(kind=Kind.TIMER, command=("sh", "-c", script), **more)


def runs(kept: Kept) -> int:
    path = kept.world.paths.logs / "t.log"
    return path.read_text().count("ran") if path.exists() else 0


async def elapse(kept: Kept, clock: FakeClock, seconds: float) -> None:
    """Let time pass, but none of it while a real process runs: it would be too slow for it."""
    for _ in range(round(seconds / MINUTE)):
        await clock.advance(MINUTE)
        await until(lambda: kept.slot.runner and kept.slot.runner.child is None)


async def finished(kept: Kept, count: int) -> None:
    await until(lambda: runs(kept) == count and kept.state.pid == 0 and not kept.slot.going)
    await until(lambda: kept.slot.runner and kept.slot.runner.child is None)


async def test_runs_when_it_is_due(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(timer())
    state = await kept.phase(Phase.READY)
    assert state.next_run % HOUR == 0
    assert 0 < state.next_run - clock.now() <= HOUR
    for n in range(1, 4):
        due = kept.state.next_run
        await clock.advance(due - clock.now() - 1)
        assert runs(kept) == n - 1
        await clock.advance(2)  # less than the timeout, for the process is real
        await finished(kept, n)
        await until(lambda due=due: kept.state.next_run == due + HOUR)  # type: ignore[misc]
        assert due <= kept.state.last_run <= due + 2
        assert kept.state.phase is Phase.READY


async def test_that_it_runs_is_on_disk_before_it_begins(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(timer("cat states/t.json; echo ran"))
    due = (await kept.phase(Phase.READY)).next_run
    await elapse(kept, clock, HOUR)
    saved = State.from_json(kept.log.splitlines()[0].removesuffix("ran"))
    assert due <= saved.last_run < due + MINUTE
    assert saved.next_run == due + HOUR


async def test_a_run_that_fails_is_shown_until_one_succeeds(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(timer("echo ran >> n; echo ran; exit $(($(wc -l < n) % 2))"))
    await elapse(kept, clock, HOUR)
    state = await kept.phase(Phase.FAILED)
    assert state.why == "ended with 1: ran"
    await elapse(kept, clock, MINUTE)
    assert kept.state.phase is Phase.FAILED
    await elapse(kept, clock, HOUR)
    assert (await kept.phase(Phase.READY)).why == ""


async def test_never_runs_twice_at_once(keep: Keep, clock: FakeClock) -> None:
    script = "echo ran; while [ ! -e stop ]; do sleep 0.01; done"
    kept = await keep(timer(script, timeout=DAY))
    await clock.advance(HOUR)
    await until(lambda: runs(kept) == 1)
    assert (kept.state.phase, kept.state.why) == (Phase.READY, "running")
    await clock.advance(5 * HOUR)
    assert runs(kept) == 1
    (kept.world.paths.root / "stop").touch()
    await finished(kept, 1)
    await until(lambda: kept.state.next_run > clock.now())  # what passed meanwhile has passed
    assert kept.state.next_run - clock.now() <= HOUR


async def test_one_run_makes_up_for_a_night_of_sleep(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(timer())
    await clock.advance(MINUTE)
    clock.jump(9 * HOUR)
    await clock.advance(MINUTE)
    await finished(kept, 1)
    await clock.advance(MINUTE)
    assert runs(kept) == 1


async def test_a_clock_set_back_neither_repeats_nor_stops_it(keep: Keep, clock: FakeClock) -> None:
    kept = await keep(timer())
    due = (await kept.phase(Phase.READY)).next_run
    await elapse(kept, clock, due - clock.now() + MINUTE)
    assert runs(kept) == 1
    clock.jump(-5 * MINUTE)
    await elapse(kept, clock, 30 * MINUTE)
    assert runs(kept) == 1
    clock.jump(-20 * HOUR)
    await elapse(kept, clock, 2 * HOUR)
    assert runs(kept) == 3


async def test_remembers_across_supervisors(keep: Keep, clock: FakeClock, world: World) -> None:
    now = clock.now()
    missed = State(
        name="t", digest="1", phase=Phase.FAILED, why="it broke",
        last_run=now - 2 * HOUR, next_run=now - 1800,
    )  # fmt: skip
    save(world, missed)
    kept = await keep(timer())
    await finished(kept, 1)  # made up for
    assert kept.state.last_run == now
    await kept.phase(Phase.READY)


async def test_what_ran_does_not_run_again_for_the_next_supervisor(
    keep: Keep, clock: FakeClock, world: World
) -> None:
    now = clock.now()
    coming = now // HOUR * HOUR + HOUR
    ran = State(name="t", digest="1", phase=Phase.READY, last_run=now - 60, next_run=coming)
    save(world, ran)
    kept = await keep(timer())
    await kept.phase(Phase.READY)
    assert (kept.state.last_run, kept.state.next_run) == (now - 60, coming)
    assert runs(kept) == 0


async def test_waits_for_what_it_comes_after(keep: Keep, clock: FakeClock, world: World) -> None:
    kept = await keep(timer(after=("db",)))
    await clock.advance(3 * HOUR)
    assert runs(kept) == 0  # it waits, and will run once
    world.board.put(State(name="db", phase=Phase.READY))
    await finished(kept, 1)
