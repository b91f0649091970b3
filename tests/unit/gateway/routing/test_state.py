"""The breaker: it opens by failures alone, lets one through at a time, and its pauses grow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.service.routing.state import IN_A_ROW, LONGEST_PAUSE, State

BAD = Failed("answered 500", asked=False, status=500)
GONE = Failed("cannot be reached", asked=False)
BUSY = Failed("has too much to do", asked=False, fault=False, status=429, retry_after=20)
REFUSED = Failed("refused it with 400", asked=False, fault=False, status=400)


def ill() -> State:
    state = State()
    for _ in range(IN_A_ROW):
        state.failed(BAD, 0.0, 0.5)
    return state


def test_it_opens_after_some_failures_in_a_row() -> None:
    state = State()
    for _ in range(IN_A_ROW - 1):
        state.failed(BAD, 0.0, 0.5)
    assert state.admits(0.0, 0.5)
    state.finished()
    state.failed(BAD, 0.0, 0.5)
    assert state.admits(0.0, 0.5)
    assert not ill().admits(0.9, 0.5)


def test_one_at_a_time_is_let_through_and_its_answer_closes_it() -> None:
    state = ill()
    assert state.admits(1.0, 0.5)
    assert not state.admits(1.0, 0.5)
    state.began(0.2)
    assert not state.ill
    assert all(state.admits(1.1, 0.5) for _ in range(3))
    state.failed(BAD, 1.2, 0.5)  # an answer that breaks off is none
    assert state.ill


def test_requests_that_were_under_way_do_not_make_the_pause_longer() -> None:
    state = ill()
    until = state.until
    for _ in range(100):
        state.failed(BAD, 0.1, 0.5)
    assert state.until == until


def test_pauses_grow_to_half_a_minute() -> None:
    state, now, pauses = ill(), 0.0, []
    for _ in range(8):
        pauses.append(state.until - now)
        now = state.until
        assert state.admits(now, 0.5)
        state.failed(BAD, now, 0.5)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[1], pauses[-1]) == (1.0, 2.0, LONGEST_PAUSE)


def test_it_is_left_alone_for_as_long_as_it_asks() -> None:
    state = State()
    state.failed(BUSY, 0.0, 0.5)
    assert (state.admits(19.9, 0.5), state.admits(20.0, 0.5), state.ill) == (False, True, False)


def test_what_is_refused_by_a_healthy_one_counts_for_it() -> None:
    state = State()
    for _ in range(100):
        state.failed(REFUSED, 0.0, 0.5)
    assert state.admits(0.0, 0.5)
    trial = ill()
    assert trial.admits(1.0, 0.5)
    trial.failed(REFUSED, 1.1, 0.5)
    assert not trial.ill


def test_who_could_not_be_reached_is_well_by_being_reached_and_who_errs_is_not() -> None:
    gone, errs = State(), ill()
    gone.failed(GONE, 0.0, 0.5)
    gone.checked("cannot be reached", 0.1, 0.5)
    assert gone.ill
    gone.checked("", 0.2, 0.5)
    errs.checked("", 0.2, 0.5)
    assert (gone.admits(0.2, 0.5), errs.admits(0.2, 0.5)) == (True, False)


def test_as_long_as_looks_find_nobody_no_request_is_let_through() -> None:
    state, now = State(), 0.0
    while now < 600:
        state.checked("cannot be reached", now, 0.0)
        now += 6.25
        if now > 60:
            assert not state.admits(now, 0.0)


@given(st.lists(st.floats(0.001, 3600), min_size=1))
def test_slowness_never_opens_it(seconds: list[float]) -> None:
    state = State()
    for each in seconds:
        state.began(each)
        state.finished()
        assert state.admits(0.0, 0.5)


def test_the_first_byte_is_known_to_about_the_slowest_in_twenty() -> None:
    state = State()
    for number in range(5000):
        state.began(1.0 if number % 40 else 9.0)
    assert state.first_byte == pytest.approx(1.0, rel=0.6)
    for number in range(5000):
        state.began(1.0 if number % 5 else 9.0)
    assert state.first_byte > 5


def test_one_caller_cannot_take_an_upstream_from_the_others() -> None:
    own = Failed("answered 500", asked=False, status=500, doubtful=True)
    state = State()
    for _ in range(100):
        state.failed(own, 0.0, 0.5, "app")
    assert not state.ill
    assert state.admits(0.0, 0.5)
    for whose in ("web", "app", "web", "app"):  # it is not the one who asks
        state.failed(own, 0.0, 0.5, whose)
    assert state.ill


def test_such_an_error_leaves_what_was_ill_as_it_was() -> None:
    own = Failed("answered 500", asked=False, status=500, doubtful=True)
    state = ill()
    state.failed(own, 0.0, 0.5, "app")
    assert state.admits(state.until, 0.5)
    state.failed(own, state.until, 0.5, "app")
    assert state.ill
    assert state.admits(state.until, 0.5)
    state.began(0.1)
    assert not state.ill
