"""People's keys and budgets, as the gateway tells of them. Frozen; money in nanos, or tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from rackhouse.kit.errors import UsageError

_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)([kM]?)/(day|month)")
_TIMES = {"": 1, "k": 1000, "M": 1_000_000}
_NANOS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What may be spent in a period; -1 is no limit."""

    period: str  # day, month
    money: int = -1
    tokens: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A person's key, without the key. `expires` and `made` are ISO 8601."""

    name: str
    person: str = ""
    models: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    expires: str | None = None
    made: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """All of them."""

    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new one; nobody is told `key` again."""

    name: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a cap stands; -1 is none. `leased` is set aside for requests that run."""

    cap: int = -1
    spent: int = 0
    leased: int = 0
    left: int = -1

    @property
    def share(self) -> float:
        """What of the cap is used or set aside, from 0 to 1."""
        return min(1.0, (self.spent + self.leased) / self.cap) if self.cap > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One budget in the period that runs."""

    scope: str
    name: str
    period: str
    ends: str = ""
    money: Standing = Standing()
    tokens: Standing = Standing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """All of them."""

    currency: str
    budgets: tuple[Budget, ...] = ()


def limit(said: str, *, tokens: bool = False) -> Limit:
    """`5/month`, `0.50/day` of money; `200k/day` of tokens. UsageError."""
    found = _AMOUNT.fullmatch(said)
    if found is None or (found[2] and not tokens):
        example = "200k/day" if tokens else "5/month"
        raise UsageError(f"{said!r} is no limit", fix=f"write it like {example}")
    amount = Decimal(found[1]) * _TIMES[found[2]]
    if tokens:
        return Limit(period=found[3], tokens=int(amount))
    return Limit(period=found[3], money=int(amount * _NANOS))
