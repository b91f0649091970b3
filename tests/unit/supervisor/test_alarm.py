"""A timer is due once per instant, whatever the clock on the wall does."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rackhouse.supervisor.alarm import Alarm
from rackhouse.supervisor.schedule import Schedule

NOON = 1_800_014_400.0  # 2027-01-15 12:00 UTC
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
HOURLY, DAILY = Schedule("0 * * * *"), Schedule("0 12 * * *")


@dataclass
class World:
    """A wall clock, a steady one, and a timer that looks every half minute and runs when due."""

    schedule: Schedule
    now: float
    steady: float = 0.0
    runs: list[float] = field(default_factory=list)  # steady
    alarm: Alarm = field(init=False)

    def __post_init__(self) -> None:
        self.restart(0.0, 0.0)

    def restart(self, last_run: float | None = None, next_run: float | None = None) -> None:
        self.alarm = Alarm(
            self.schedule,
            now=self.now,
            steady=self.steady,
            last_run=self.alarm.last_run if last_run is None else last_run,
            next_run=self.alarm.next_run if next_run is None else next_run,
        )

    def live(self, seconds: float) -> None:
        end = self.steady + seconds
        while True:
            left = self.alarm.look(self.now, self.steady)
            if left <= 0:
                self.runs.append(self.steady)
                self.alarm.began(self.now, self.steady)
                continue
            nap = min(left, 30.0, end - self.steady)
            self.now += nap
            self.steady += nap
            if self.steady >= end:
                return


def test_runs_at_each_instant() -> None:
    world = World(HOURLY, NOON - 10 * MINUTE)
    world.live(3 * HOUR)
    assert world.runs == [600.0, 4200.0, 7800.0]


def test_a_night_of_sleep_is_made_up_for_by_one_run() -> None:
    world = World(HOURLY, NOON - 10 * MINUTE)
    world.live(MINUTE)
    world.now += 8 * HOUR
    world.live(MINUTE)
    assert world.runs == [60.0]
    assert world.alarm.next_run == NOON + 8 * HOUR


def test_a_run_that_was_missed_while_no_supervisor_lived_is_made_up_for() -> None:
    world = World(DAILY, NOON - MINUTE)
    world.now += 3 * DAY
    world.restart()
    world.live(MINUTE)
    assert world.runs == [0.0]


def test_a_clock_that_is_corrected_a_little_does_not_run_the_same_noon_twice() -> None:
    world = World(DAILY, NOON - MINUTE)
    world.live(3 * MINUTE)
    assert len(world.runs) == 1
    world.now -= 5 * MINUTE
    world.live(HOUR)
    assert len(world.runs) == 1
    world.live(DAY)
    assert len(world.runs) == 2


def test_nor_does_it_when_the_supervisor_restarts_in_between() -> None:
    world = World(DAILY, NOON - MINUTE)
    world.live(3 * MINUTE)
    world.now -= 5 * MINUTE
    world.restart()
    world.live(HOUR)
    assert len(world.runs) == 1


def test_a_clock_that_is_set_back_by_hours_does_not_stop_an_hourly_timer() -> None:
    world = World(HOURLY, NOON - MINUTE)
    world.live(3 * HOUR)
    assert len(world.runs) == 3
    world.now -= 10 * HOUR
    world.live(3 * HOUR)
    assert len(world.runs) == 6


def test_a_clock_that_was_years_ahead_when_it_armed_does_not_stop_it() -> None:
    world = World(DAILY, NOON + 10 * 365 * DAY)
    world.now = NOON - MINUTE
    world.live(2 * MINUTE)
    assert len(world.runs) == 1
    ahead = World(DAILY, NOON + 10 * 365 * DAY)
    ahead.live(2 * DAY)
    ahead.now = NOON - 2 * MINUTE
    ahead.restart()
    ahead.live(2 * DAY)
    assert len(ahead.runs) == 2


def test_instants_that_pass_during_a_run_are_not_made_up_for() -> None:
    alarm = Alarm(HOURLY, now=NOON - 1, steady=0.0, last_run=0.0, next_run=0.0)
    assert alarm.look(NOON, 1.0) == 0
    alarm.began(NOON, 1.0)
    alarm.ended(NOON + 3 * HOUR + MINUTE, 3 * HOUR)
    assert alarm.next_run == NOON + 4 * HOUR


def test_a_clock_set_back_during_a_run_does_not_run_it_again() -> None:
    alarm = Alarm(DAILY, now=NOON, steady=0.0, last_run=0.0, next_run=NOON)
    alarm.began(NOON, 0.0)
    alarm.ended(NOON - 2 * MINUTE, MINUTE)
    assert alarm.next_run == NOON + DAY


periods = st.sampled_from([(HOURLY, HOUR), (DAILY, DAY), (Schedule("*/10 * * * *"), 10 * MINUTE)])
turns = st.lists(
    st.tuples(
        st.floats(0, 3).filter(lambda x: x == 0 or x > 1e-3),  # periods that pass
        st.floats(-5, 5),  # periods by which the clock is then set
        st.booleans(),  # whether the supervisor restarts
    ),
    max_size=6,
)


@settings(deadline=None)
@given(periods, turns)
@example((DAILY, DAY), [(1.0, -0.01, False), (0.001, -0.01, True)])
def test_whatever_the_clock_does(
    kind: tuple[Schedule, float], jumps: list[tuple[float, float, bool]]
) -> None:
    schedule, period = kind
    world = World(schedule, NOON + 17 * MINUTE)
    forward = -1.0  # when the clock was last set forward: what was missed is made up for then
    for passes, jump, restarts in jumps:
        before = len(world.runs)
        world.live(passes * period)
        for last, this in zip(world.runs[max(0, before - 1) :], world.runs[before:], strict=False):
            if last != this and last > forward:
                assert this - last >= period / 2 - 30, "it ran twice"
        world.now += jump * period
        if jump > 0:
            forward = world.steady
        if restarts:
            world.restart()
    before, began = len(world.runs), world.steady
    world.live(1.5 * period + 31)
    assert len(world.runs) > before, "it was stopped"
    assert len(world.runs) - before <= 3
    assert all(run >= began for run in world.runs[before:])
