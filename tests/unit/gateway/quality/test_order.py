"""The cheapest that is nearly as good as the best goes first; who is not known keeps its place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rackhouse.services.gateway.model.config import Kind, Upstream
from rackhouse.services.gateway.service.quality.estimate import Rate, rate
from rackhouse.services.gateway.service.quality.order import ENOUGH, arranged, places

HOME, CHEAP, DEAR = "home", "cheap", "dear"
PRICES = {HOME: -1.0, CHEAP: 10.0, DEAR: 100.0}


def _upstreams(names: list[str]) -> list[Upstream]:
    return [Upstream(name=name, kind=Kind.COMPATIBLE, model="m") for name in names]


def _first(**good: tuple[int, int]) -> list[str]:
    known = places({name: rate(*each) for name, each in good.items()}, PRICES, 0.05)
    return sorted(known, key=lambda name: known[name])


def test_at_equal_quality_the_cheapest_goes_first() -> None:
    assert _first(home=(950, 1000), cheap=(950, 1000), dear=(960, 1000)) == [HOME, CHEAP, DEAR]


def test_who_is_worse_than_the_margin_comes_after_the_good_best_first() -> None:
    assert _first(home=(500, 1000), cheap=(940, 1000), dear=(960, 1000)) == [CHEAP, DEAR, HOME]
    assert _first(home=(100, 1000), cheap=(500, 1000), dear=(960, 1000)) == [DEAR, CHEAP, HOME]


def test_who_is_as_good_at_the_same_price_shares_as_the_router_draws() -> None:
    known = places({name: rate(950, 1000) for name in PRICES}, {**PRICES, CHEAP: -1.0}, 0.05)
    assert known == {HOME: 0, CHEAP: 0, DEAR: 1}
    for drawn in ([HOME, CHEAP, DEAR], [CHEAP, HOME, DEAR]):
        assert [each.name for each in arranged(_upstreams(drawn), known)] == drawn


def test_little_evidence_is_no_quality() -> None:
    assert _first(home=(25, 25), dear=(5000, 5000)) == [DEAR, HOME]


def test_without_enough_evidence_the_files_order_holds() -> None:
    few = int(ENOUGH) - 1
    assert _first(home=(0, few), dear=(1000, 1000)) == []


def test_who_is_not_known_keeps_its_place() -> None:
    known = {HOME: 1, DEAR: 0}
    found = arranged(_upstreams([HOME, CHEAP, DEAR]), known)
    assert [each.name for each in found] == [DEAR, CHEAP, HOME]


_NAMES = st.lists(st.sampled_from("abcdef"), unique=True)
_RATES = st.dictionaries(
    st.sampled_from("abcdef"), st.tuples(st.integers(0, 500), st.integers(0, 500))
)


@given(_NAMES, _RATES, st.floats(0, 0.5))
def test_nobody_is_lost_or_asked_twice_and_the_first_is_nearly_the_best(
    names: list[str], counts: dict[str, tuple[int, int]], margin: float
) -> None:
    rates: dict[str, Rate] = {name: rate(min(g, n), n) for name, (g, n) in counts.items()}
    known = places(rates, {name: float(ord(name)) for name in "abcdef"}, margin)
    found = [each.name for each in arranged(_upstreams(names), known)]
    assert sorted(found) == sorted(names)
    assert [each for each in found if each not in known] == [e for e in names if e not in known]
    if known:
        first = min(known, key=lambda name: known[name])
        assert rates[first].low >= max(rates[name].low for name in known) - margin
