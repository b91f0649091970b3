"""How soon to start again, and when it is a crash loop."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rackhouse.supervisor.restarts import FIRST, KILLS, LONGEST, LOOP, PROVEN, Restarts


def test_a_postgresql_that_refuses_for_two_seconds_is_no_crash_loop() -> None:
    restarts, clock = Restarts(), 0.0
    clock += restarts.ended(PROVEN)  # it was killed
    while clock < 2.0:  # "shared memory block is still in use", after a tenth of a second
        clock += 0.1 + restarts.ended(0.0)
    assert not restarts.looping
    assert clock < 4.0


def test_five_ends_in_a_row_are_a_crash_loop_and_are_tried_rarely() -> None:
    restarts = Restarts()
    delays = [restarts.ended(0.5) for _ in range(LOOP)]
    assert restarts.looping
    assert delays[-1] == LONGEST
    assert delays[:-1] == sorted(delays[:-1])


def test_one_that_was_ready_and_is_killed_again_and_again_is_no_crash_loop_so_soon() -> None:
    restarts = Restarts()
    delays = [restarts.ended(0.5, killed=True) for _ in range(KILLS - 1)]
    assert not restarts.looping
    assert delays == sorted(delays)  # back-off all the same
    restarts.ended(0.5, killed=True)
    assert restarts.looping


def test_one_that_is_killed_before_it_was_ever_ready_fails() -> None:
    restarts = Restarts()
    for _ in range(LOOP):
        restarts.ended(0.0, killed=True)
    assert restarts.looping


@settings(deadline=None)
@given(st.lists(st.floats(0, 2 * PROVEN)))
def test_delays_stay_within_bounds_and_proof_forgives(lives: list[float]) -> None:
    restarts = Restarts()
    assert all(FIRST <= restarts.ended(life) <= LONGEST for life in lives)
    assert restarts.ended(PROVEN) == FIRST
    assert not restarts.looping
