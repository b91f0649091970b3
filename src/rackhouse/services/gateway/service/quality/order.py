"""Who is asked first, from what is known of their quality: the cheapest that is nearly as good as
the best, for certain. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rackhouse.services.gateway.model.config import Upstream
from rackhouse.services.gateway.service.quality.estimate import Rate

ENOUGH: Final = 10.0  # verdicts without which an upstream keeps its place in the file


def places(rates: Mapping[str, Rate], prices: Mapping[str, float], margin: float) -> dict[str, int]:
    """The place of each upstream of which enough is known, 0 first. Empty for fewer than two.

    First come those whose lower bound lies within `margin` of the best lower bound, the cheapest
    first; then the others, the best first: who is asked after a failure is to be better, not
    cheaper. `prices` are in any unit. Who is good at the same price has the same place.
    """
    known = [name for name in prices if name in rates and rates[name].n >= ENOUGH]
    if len(known) < 2:
        return {}
    enough = max(rates[name].low for name in known) - margin
    good = {name: prices[name] for name in known if rates[name].low >= enough}
    steps = sorted(set(good.values()))
    rest = [name for name in known if name not in good]
    rest.sort(key=lambda name: -rates[name].low)
    return {name: steps.index(price) for name, price in good.items()} | {
        name: place for place, name in enumerate(rest, len(steps))
    }


def arranged(upstreams: Sequence[Upstream], known: Mapping[str, int]) -> list[Upstream]:
    """Those of which enough is known by their place, on the seats that they have together; all
    others stay on theirs. Who has the same place stays in the order that the router drew.
    """
    ordered = iter(sorted((e for e in upstreams if e.name in known), key=lambda e: known[e.name]))
    return [next(ordered) if each.name in known else each for each in upstreams]
