"""All budgets as they stand, for people: those of the file, those that were changed since, and
those of people's keys once they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from rackhouse.services.gateway.model.budgets import BudgetNow, Standing
from rackhouse.services.gateway.model.config import Config, Limit, Period, Scope
from rackhouse.services.gateway.service.ledger.leases import Leases
from rackhouse.services.gateway.store.ledger import Row

_Whose = tuple[Scope, str]


class Books:
    """Reads alone."""

    def __init__(self, config: Config, store: Leases) -> None:
        self._store = store
        self._declared = dict(_declared(config))

    async def standing(self) -> Sequence[BudgetNow]:
        """By whose they are. Gone when PostgreSQL is away."""
        rows = {(each.scope, each.name, each.period): each for each in await self._store.standing()}
        changed = {(each.scope, each.name): each.limits for each in await self._store.changed()}
        limits = {**self._declared, **changed}
        whose = set(limits) | {(Scope(scope), name) for scope, name, _ in rows}
        return [
            each
            for scope, name in sorted(whose)
            for each in _of(scope, name, limits.get((scope, name)), rows, (scope, name) in changed)
        ]


def _declared(config: Config) -> Iterator[tuple[_Whose, tuple[Limit, ...]]]:
    for key in config.keys:
        yield (Scope.KEY, key.name), key.limits
    for model in config.models:
        yield (Scope.MODEL, model.name), model.limits
    for upstream in config.upstreams:
        yield (Scope.UPSTREAM, upstream.name), upstream.limits
    for budget in config.budgets:
        yield (budget.scope, budget.name), budget.limits


def _of(
    scope: Scope,
    name: str,
    limits: tuple[Limit, ...] | None,
    rows: dict[tuple[str, str, str], Row],
    changed: bool,
) -> Iterator[BudgetNow]:
    for period in Period:
        row = rows.get((scope, name, period))
        if limits is None and row is not None:  # a person's key: as it was when it was last asked
            holding: tuple[Limit, ...] = (
                Limit(period=period, money=_cap(row.money_cap), tokens=_cap(row.tokens_cap)),
            )
        else:
            holding = tuple(each for each in limits or () if each.period is period)
        if not holding and row is None:
            continue
        yield BudgetNow(
            scope=scope,
            name=name,
            period=period,
            starts=_told(row.starts) if row else "",
            ends=_told(row.ends) if row else "",
            limits=holding,
            changed=changed,
            money=_standing(
                (each.money for each in holding if each.hard),
                *((row.money_settled, row.money_leased, row.money_overrun) if row else (0, 0, 0)),
            ),
            tokens=_standing(
                (each.tokens for each in holding if each.hard),
                *((row.tokens_settled, row.tokens_leased, row.tokens_overrun) if row else (0,) * 3),
            ),
        )


def _standing(caps: Iterable[int], settled: int, leased: int, overrun: int) -> Standing:
    cap = min((each for each in caps if each >= 0), default=-1)
    spent = settled + overrun
    left = max(cap - spent - leased, 0) if cap >= 0 else -1
    return Standing(cap=cap, spent=spent, leased=leased, left=left, overrun=overrun)


def _cap(cap: int | None) -> int:
    return -1 if cap is None else cap


def _told(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
