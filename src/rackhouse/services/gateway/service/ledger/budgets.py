"""Which budgets bind a request: its key's, its application's, its person's, the name's that it asks
for and the upstream's that would answer. Looked up once for each combination, and bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rackhouse.services.gateway.model.call import Call, Caller
from rackhouse.services.gateway.model.config import Budget, Config, Limit, Period, Scope, Upstream
from rackhouse.services.gateway.service.ledger.purse import Purse

_MOST = 4096  # combinations remembered


class Budgets:
    """The purses of a replica."""

    def __init__(self, config: Config) -> None:
        self._models = {each.name: each.limits for each in config.models}
        self._declared = {(each.scope, each.name): each.limits for each in config.budgets}
        self._changed: dict[tuple[Scope, str], tuple[Limit, ...]] = {}
        self._purses: dict[tuple[Scope, str, str], Purse] = {}
        self._bound: dict[tuple[str, str, str, bool], tuple[Caller, tuple[Purse, ...]]] = {}

    def __iter__(self) -> Iterator[Purse]:
        return iter(self._purses.values())

    def binding(self, call: Call, upstream: Upstream, free: bool) -> tuple[Purse, ...]:
        """Those that count what the request uses; where it is `free`, those of tokens alone."""
        combination = (call.caller.key, call.model, upstream.name, free)
        found = self._bound.get(combination)
        if found is not None and found[0] is call.caller:
            return found[1]
        if len(self._bound) >= _MOST:
            self._bound.clear()
        purses = tuple(self._find(call, upstream, free))
        self._bound[combination] = (call.caller, purses)
        return purses

    def change(self, budgets: Iterable[Budget]) -> None:
        """These hold in place of what the file and the keys say."""
        changed = {(each.scope, each.name): each.limits for each in budgets}
        if changed != self._changed:
            self._changed = changed
            self._bound.clear()

    def forget(self, before: float) -> None:
        """Purses that were not used since, and hold nothing."""
        idle = [
            key
            for key, each in self._purses.items()
            if each.lease is None and each.filling is None and each.used_at < before
        ]
        for key in idle:
            del self._purses[key]
        if idle:
            self._bound.clear()

    def _find(self, call: Call, upstream: Upstream, free: bool) -> Iterator[Purse]:
        caller = call.caller
        whose = (
            (Scope.KEY, caller.key, caller.limits),
            (Scope.APPLICATION, caller.application, ()),
            (Scope.PERSON, caller.person, ()),
            (Scope.MODEL, call.model, self._models.get(call.model, ())),
            (Scope.UPSTREAM, upstream.name, upstream.limits),
        )
        for scope, name, own in whose:
            if not name:
                continue
            declared = self._declared.get((scope, name), own)
            limits = self._changed.get((scope, name), declared)
            for period in Period:
                of_period = tuple(each for each in limits if each.period is period)
                if any(each.tokens >= 0 or (each.money >= 0 and not free) for each in of_period):
                    yield self._purse(scope, name, of_period)

    def _purse(self, scope: Scope, name: str, limits: tuple[Limit, ...]) -> Purse:
        key = (scope, name, limits[0].period)
        purse = self._purses.get(key)
        if purse is None:
            purse = self._purses[key] = Purse(scope, name, limits)
        elif purse.limits != limits:
            purse.limit(limits)
        return purse
