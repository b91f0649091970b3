"""Prices by the day, and the worst that a request can cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.call import Usage
from rackhouse.services.gateway.model.config import Kind, Price, Upstream
from rackhouse.services.gateway.service.ledger.prices import MOST, Prices, cost, price, worst

OLD = Price(since="2026-01-01", input=1_000, output=2_000)
NEW = Price(since="2026-06-01", input=500, output=1_000)


def _upstream(*prices: Price, local: bool = False) -> Upstream:
    return Upstream(name="a", kind=Kind.OPENAI, model="m", prices=prices, local=local)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2025-12-31", None), ("2026-01-01", OLD), ("2026-05-31", OLD), ("2026-06-01", NEW)],
)
def test_a_price_holds_from_its_day_on(day: str, expected: Price | None) -> None:
    assert price(_upstream(NEW, OLD), (), day) == expected


def test_what_nobody_priced_costs_what_was_declared_for_such() -> None:
    assert price(_upstream(), (), "2026-06-01") is None
    assert price(_upstream(), (OLD,), "2026-06-01") == OLD


def test_what_was_looked_up_holds_for_its_day_and_its_upstream() -> None:
    looked_up, upstream = Prices((NEW,)), _upstream(OLD, NEW)
    for day, holds in (("2026-05-31", OLD), ("2026-06-01", NEW), ("2026-05-31", OLD)):
        assert [looked_up.of(upstream, day) for _ in range(2)] == [holds, holds]
    assert looked_up.of(_upstream(), "2026-05-31") is None  # the file has changed
    assert looked_up.of(_upstream(), "2026-06-01") == NEW


def test_ones_own_hardware_costs_nothing() -> None:
    free = price(_upstream(OLD, local=True), (OLD,), "2026-06-01")
    assert free is not None
    assert worst(free, 10**9, 10**9) == 0


_NANOS = st.integers(0, 10**12)
_TOKENS = st.integers(-5, 10**7)


@given(
    st.builds(Price, since=st.just(""), input=_NANOS, output=_NANOS, cached=_NANOS | st.just(-1)),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.builds(Usage, input=_TOKENS, output=_TOKENS, cached=_TOKENS, surcharge=_TOKENS),
)
def test_no_usage_within_the_bounds_costs_more_than_the_worst(
    price: Price, prompt: int, answer: int, usage: Usage
) -> None:
    charged = cost(price, usage)
    assert 0 <= charged <= MOST
    if usage.input <= prompt and usage.output <= answer:
        writes = usage.surcharge > 0
        assert charged <= worst(price, prompt, answer, writes=writes)


def test_writing_a_cache_is_paid() -> None:
    million = Price(since="", input=1_000_000, output=0, cached=0)
    assert cost(million, Usage(input=8, surcharge=2)) == 10
    assert cost(million, Usage(input=8, surcharge=9)) == 16


def test_a_part_of_a_nano_is_one() -> None:
    assert cost(Price(since="", input=1, output=0), Usage(input=1)) == 1
    assert cost(Price(since="", input=1_000_000, output=0, cached=0), Usage(input=9, cached=4)) == 5
