"""What a request costs at an upstream: prices as data, with the day that each holds from. Pure."""

from __future__ import annotations

from rackhouse.services.gateway.model.call import Call, Usage
from rackhouse.services.gateway.model.config import Price, Upstream
from rackhouse.services.gateway.model.problem import BadRequest

_PER = 1_000_000  # a price is of so many tokens
MOST = 10**15  # nanos, or tokens: what a hostile request is counted as at most

FREE = Price(since="", input=0, output=0)


def price(upstream: Upstream, unpriced: tuple[Price, ...], day: str) -> Price | None:
    """The newest price that holds on `day` (2026-01-31); None where nobody said one. `unpriced`
    stands in for an outside upstream that names none.
    """
    if upstream.local:
        return FREE
    holding = [each for each in upstream.prices or unpriced if each.since <= day]
    return max(holding, key=lambda each: each.since, default=None)


class Prices:
    """Those of one day, looked up once for each upstream."""

    def __init__(self, unpriced: tuple[Price, ...]) -> None:
        self._unpriced = unpriced
        self._day = ""
        self._known: dict[str, tuple[Upstream, Price | None]] = {}

    def of(self, upstream: Upstream, day: str) -> Price | None:
        """As `price`."""
        if day != self._day:
            self._day = day
            self._known.clear()
        known = self._known.get(upstream.name)
        if known is None or known[0] is not upstream:
            known = self._known[upstream.name] = upstream, price(upstream, self._unpriced, day)
        return known[1]


def prompt(call: Call, upstream: Upstream, *, capped: bool) -> int:
    """Tokens that are read at most: as many as the model can hold, where a part of the question is
    only named. BadRequest by its field where nobody knows that either and money is `capped`.
    """
    if not call.unbounded or upstream.local:
        return call.prompt
    if capped and not upstream.context:
        raise BadRequest(
            f"nobody can count `{call.unbounded}` beforehand, and a budget in money binds",
            fix=f"send what it names, or give {upstream.name} its `context` in the rack file",
            param=call.unbounded,
        )
    return max(call.prompt, upstream.context)


def worst(price: Price, prompt: int, answer: int, *, writes: bool = False) -> int:
    """Nanos, when every token is charged at the dearest that it may be: twice where the upstream
    `writes` a cache.
    """
    dearest = max(price.input * 2 if writes else price.input, price.cached)
    return min(_up(prompt * dearest + answer * price.output), MOST)


def cost(price: Price, usage: Usage) -> int:
    """Nanos, for what an upstream counted. Less than none is none, whatever it says."""
    read, wrote = max(usage.input, 0), max(usage.output, 0)
    nanos = read * price.input + wrote * price.output
    if usage.cached or usage.surcharge:  # few are
        cached = min(max(usage.cached, 0), read)
        of_cached = price.input if price.cached < 0 else price.cached
        surcharge = min(max(usage.surcharge, 0), read - cached)
        nanos += surcharge * price.input + cached * (of_cached - price.input)
    return min(_up(nanos), MOST)


def _up(nanos: int) -> int:
    """A part of a nano is one."""
    return -(-nanos // _PER)
