"""A minute's worth at once, and then as it comes back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.service.limits.rate import MINUTE, Rate


@given(st.integers(1, 200), st.lists(st.tuples(st.floats(0, 20), st.integers(1, 20)), max_size=80))
def test_no_minute_sees_more_than_what_was_full_and_what_came_back(
    per_minute: int, asked: list[tuple[float, int]]
) -> None:
    rate, now, admitted = Rate(per_minute), 1000.0, list[tuple[float, int]]()
    for pause, count in asked:
        now += pause
        if not rate.wait(count, now):
            rate.take(count, now)
            admitted.append((now, count))
    for first in range(len(admitted)):
        since = admitted[first][0]
        for last in range(first, len(admitted)):
            until = admitted[last][0]
            within = sum(count for _, count in admitted[first : last + 1])
            assert within <= per_minute + (until - since) / rate.each + 1e-3


@given(st.integers(1, 200), st.integers(0, 300), st.floats(0, 100))
def test_whoever_waits_as_long_as_told_is_admitted(
    per_minute: int, before: int, now: float
) -> None:
    rate = Rate(per_minute)
    rate.take(before, now)
    wait = rate.wait(1, now)
    assert rate.wait(1, now + wait) < 1e-6
    assert (wait == 0) == (rate.room(now) >= 1) or wait < 1e-6


def test_what_was_not_used_does_not_add_up() -> None:
    rate = Rate(60)
    assert rate.room(1e6) == 60
    rate.take(60, 1e6)
    assert (rate.room(1e6), rate.room(1e6 + 1.5), rate.wait(1, 1e6)) == (0, 1, 1.0)
    assert rate.room(1e6 + 10 * MINUTE) == 60
