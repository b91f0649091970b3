"""Prices and budgets as the gateway counts them: whole nanos of one currency. Pure."""

from __future__ import annotations

from decimal import Decimal

from rackhouse.desired.models.holes import Value
from rackhouse.rack.asking import TokenPrice
from rackhouse.rack.values import Amount, Price

_NANO = 10**9
_FIRST = "1970-01-01"  # a price without a day has always been it
_MONTHS = 12


def prices(*each: TokenPrice | None) -> list[Value]:
    """Of a million tokens, each from its day on."""
    return [_price(price) for price in each if price is not None]


def _price(price: TokenPrice) -> Value:
    said: dict[str, Value] = {
        "since": price.since or _FIRST,
        "input": nanos(price.input),
        "output": nanos(price.output),
    }
    return said if price.cached is None else said | {"cached": nanos(price.cached)}


def limits(budget: Price | None, tokens_per_day: int = 0, *, soft: bool = False) -> list[Value]:
    """What may be spent. Of a year's budget a twelfth each month, so that no year passes it."""
    found: list[dict[str, Value]] = []
    if budget is not None:
        yearly = budget.per == "year"
        cap = nanos(budget) // (_MONTHS if yearly else 1)
        found.append({"period": "month" if yearly else budget.per, "money": cap})
    if tokens_per_day:
        found.append({"period": "day", "tokens": tokens_per_day})
    return [each | {"hard": False} if soft else each for each in found]


def nanos(amount: Amount | Price) -> int:
    """Exactly what the file says: by its digits, since a float is near it at best."""
    return int(Decimal(repr(amount.amount)) * _NANO)
